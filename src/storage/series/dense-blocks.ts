import type { BlockSummary } from "./block-summary.ts";

/** Joining has to pay: the new block is at least this many times the largest dense one of those that go. */
const worthJoining = 2;

export interface JoinOptions {
  /** Samples of a block at the most. */
  readonly largest: number;
  /** Blocks that end at or after this time are left as they are: more is to come, and they are read most. */
  readonly before: number;
}

/**
 * Runs of neighbouring blocks (in time order) that become one dense block each. Because what is dense is only rewritten when it at least doubles, however
 * often this is asked no sample is rewritten more than log2(largest) times.
 */
export function runsToJoin(blocks: readonly BlockSummary[], { largest, before }: JoinOptions): BlockSummary[][] {
  const runs: BlockSummary[][] = [];
  let run: BlockSummary[] = [];
  let samples = 0;
  const finish = (): void => {
    runs.push(...worthwhile(run, samples));
    run = [];
    samples = 0;
  };
  for (const block of blocks) {
    if (block.last >= before) break;
    if (samples + block.count > largest) finish();
    run.push(block);
    samples += block.count;
  }
  finish();
  return runs;
}

/** The run as a whole, or else the parts of it that are not dense yet. */
function worthwhile(run: readonly BlockSummary[], samples: number): BlockSummary[][] {
  const quick = run.filter(({ effort }) => effort === "quick");
  const most = Math.max(0, ...run.filter(({ effort }) => effort === "dense").map(({ count }) => count));
  if (run.length > 1 && samples >= most * worthJoining) return [[...run]];
  // What stands behind the dense ones is one part; in front of them and between them there is nothing but for late samples.
  return quick.map((block) => [block]);
}
