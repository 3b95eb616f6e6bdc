import type { BlockSummary } from "./block-summary.ts";

/** Joining has to pay: the new block is at least this many times the largest of those that go. */
const worthJoining = 2;

/**
 * Runs of neighbouring blocks (in time order) that become one block of at most `largest` samples each. Because a block is only
 * rewritten when it at least doubles, however often this is asked no sample is rewritten more than log2(largest) times.
 */
export function runsToJoin(blocks: readonly BlockSummary[], largest: number): BlockSummary[][] {
  const runs: BlockSummary[][] = [];
  let run: BlockSummary[] = [];
  let samples = 0;
  const finish = (): void => {
    const most = Math.max(0, ...run.map(({ count }) => count));
    if (run.length > 1 && samples >= most * worthJoining) runs.push(run);
    run = [];
    samples = 0;
  };
  for (const block of blocks) {
    if (samples + block.count > largest) finish();
    run.push(block);
    samples += block.count;
  }
  finish();
  return runs;
}
