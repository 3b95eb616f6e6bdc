import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BlockSummary } from "#storage/series/block-summary.ts";
import type { Effort } from "#storage/series/effort.ts";
import { runsToJoin } from "#storage/series/dense-blocks.ts";

const largest = 16_384;
const all = { largest, before: Number.POSITIVE_INFINITY };
const block = (count: number, blockId: number, effort: Effort = "dense"): BlockSummary =>
  ({ blockId, count, effort, last: blockId }) as BlockSummary;
const blocksOf = (counts: readonly number[], effort: Effort = "dense"): BlockSummary[] =>
  counts.map((count, index) => block(count, index, effort));

describe("blocks that are joined", () => {
  it("are neighbours that fill a block", () => {
    const counts = (runs: BlockSummary[][]): number[][] => runs.map((run) => run.map(({ count }) => count));
    expect(counts(runsToJoin(blocksOf([4_096, 4_096, 4_096, 4_096, 4_096]), all))).toEqual([
      [4_096, 4_096, 4_096, 4_096],
    ]);
    expect(counts(runsToJoin(blocksOf([16_000, 300]), all))).toEqual([]);
    expect(counts(runsToJoin(blocksOf([16_384, 100, 100]), all))).toEqual([[100, 100]]);
    expect(runsToJoin([], all)).toEqual([]);
  });

  it("are made dense once, also alone, but not while more is to come", () => {
    const quick = blocksOf([8_000, 8_000, 300], "quick");
    expect(runsToJoin(quick, all).map((run) => run.map(({ count }) => count))).toEqual([[8_000, 8_000, 300]]);
    expect(runsToJoin(quick, { largest: 9_000, before: 1 })).toEqual([[quick[0]]]);
    const late = [block(16_000, 0), block(300, 1, "quick")];
    expect(runsToJoin(late, all)).toEqual([[late[1]]]);
  });

  it("never exceed the largest, stay in order, and come to an end after a few rounds", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: largest }), { maxLength: 60 }), (counts) => {
        let blocks = blocksOf(counts);
        let rewritten = 0;
        for (let round = 0; ; round += 1) {
          const runs = runsToJoin(blocks, all);
          if (runs.length === 0) break;
          expect(round).toBeLessThan(16);
          for (const run of runs) {
            const samples = run.reduce((sum, { count }) => sum + count, 0);
            expect(samples).toBeLessThanOrEqual(largest);
            rewritten += samples;
            const from = blocks.indexOf(run[0] as BlockSummary);
            expect(blocks.slice(from, from + run.length)).toEqual(run);
            blocks = [...blocks.slice(0, from), block(samples, round), ...blocks.slice(from + run.length)];
          }
        }
        const stored = counts.reduce((sum, count) => sum + count, 0);
        expect(blocks.reduce((sum, { count }) => sum + count, 0)).toBe(stored);
        expect(rewritten).toBeLessThanOrEqual(stored * 14);
      }),
    );
  });
});
