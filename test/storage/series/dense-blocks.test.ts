import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BlockSummary } from "#storage/series/block-summary.ts";
import { runsToJoin } from "#storage/series/dense-blocks.ts";

const largest = 16_384;
const block = (count: number, blockId: number): BlockSummary => ({ blockId, count }) as BlockSummary;
const blocksOf = (counts: readonly number[]): BlockSummary[] => counts.map(block);

describe("blocks that are joined", () => {
  it("are neighbours that fill a block", () => {
    const counts = (runs: BlockSummary[][]): number[][] => runs.map((run) => run.map(({ count }) => count));
    expect(counts(runsToJoin(blocksOf([4_096, 4_096, 4_096, 4_096, 4_096]), largest))).toEqual([
      [4_096, 4_096, 4_096, 4_096],
    ]);
    expect(counts(runsToJoin(blocksOf([16_000, 300]), largest))).toEqual([]);
    expect(counts(runsToJoin(blocksOf([16_384, 100, 100]), largest))).toEqual([[100, 100]]);
    expect(runsToJoin([], largest)).toEqual([]);
  });

  it("never exceed the largest, stay in order, and come to an end after a few rounds", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: largest }), { maxLength: 60 }), (counts) => {
        let blocks = blocksOf(counts);
        let rewritten = 0;
        for (let round = 0; ; round += 1) {
          const runs = runsToJoin(blocks, largest);
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
        const all = counts.reduce((sum, count) => sum + count, 0);
        expect(blocks.reduce((sum, { count }) => sum + count, 0)).toBe(all);
        expect(rewritten).toBeLessThanOrEqual(all * 14);
      }),
    );
  });
});
