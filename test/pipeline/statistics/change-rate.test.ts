import { describe, expect, it } from "vitest";
import { estimateChangeRate, estimateUnevenChangeRate } from "#pipeline/statistics/change-rate.ts";
import { seeded } from "../../support/random.ts";

describe("the rate of changes from reads", () => {
  it("is ln((n + 0.5)/(n − X + 0.5))/T", () => {
    const rate = estimateChangeRate(100, 20, 10);
    expect(rate?.perHour).toBeCloseTo((-Math.log(80.5 / 100.5) / 10) * 3_600, 9);
    expect(rate).toMatchObject({ polls: 100, changes: 20, lowerBound: false });
  });

  it("is zero for a constant, with an upper limit that falls with the reads", () => {
    const few = estimateChangeRate(20, 0, 10);
    const many = estimateChangeRate(2_000, 0, 10);
    expect(few).toMatchObject({ perHour: 0, lowPerHour: 0 });
    expect(many?.highPerHour).toBeLessThan((few?.highPerHour ?? 0) / 50);
  });

  it("is a lower bound when every read found another value", () => {
    expect(estimateChangeRate(50, 50, 10)).toMatchObject({ lowerBound: true, highPerHour: Number.POSITIVE_INFINITY });
  });

  it.each([
    [0, 0, 10],
    [5, 2, 0],
    [5, 2, Number.NaN],
  ])("is not known from %d reads, %d changes, %d seconds", (polls, changes, interval) => {
    expect(estimateChangeRate(polls, changes, interval)).toBeUndefined();
  });

  it("finds the true rate of a Poisson process within its own limits about 95 times in 100", () => {
    const random = seeded(7);
    const truth = 300;
    let covered = 0;
    const rounds = 400;
    for (let round = 0; round < rounds; round += 1) {
      let changed = 0;
      for (let poll = 0; poll < 200; poll += 1) if (random() < 1 - Math.exp((-truth / 3_600) * 10)) changed += 1;
      const rate = estimateChangeRate(200, changed, 10);
      if (rate !== undefined && rate.lowPerHour <= truth && truth <= rate.highPerHour) covered += 1;
    }
    expect(covered / rounds).toBeGreaterThan(0.91);
    expect(covered / rounds).toBeLessThan(0.99);
  });
});

describe("the rate of changes from reads that are not all as far apart", () => {
  const truth = 300;
  /** Reads of a Poisson process: so many, so many seconds apart. */
  const seen = (random: () => number, reads: number, seconds: number) => ({
    seconds,
    reads,
    changes: Array.from({ length: reads }, () => random() < 1 - Math.exp((-truth / 3_600) * seconds)).filter(Boolean)
      .length,
  });

  it("is the true one within its own limits about 95 times in 100, where the mean interval is not", () => {
    const random = seeded(11);
    let [covered, coveredByMean] = [0, 0];
    const rounds = 400;
    for (let round = 0; round < rounds; round += 1) {
      const groups = [seen(random, 150, 2), seen(random, 150, 10), seen(random, 100, 60)];
      const rate = estimateUnevenChangeRate(groups)!;
      if (rate.lowPerHour <= truth && truth <= rate.highPerHour) covered += 1;
      expect(rate.lowPerHour).toBeLessThan(rate.perHour);
      expect(rate.perHour).toBeLessThan(rate.highPerHour);
      const [reads, changes] = [400, groups.reduce((sum, group) => sum + group.changes, 0)];
      const mean = estimateChangeRate(reads, changes, (150 * 2 + 150 * 10 + 100 * 60) / reads)!;
      if (mean.lowPerHour <= truth && truth <= mean.highPerHour) coveredByMean += 1;
    }
    expect(covered / rounds).toBeGreaterThan(0.92);
    expect(covered / rounds).toBeLessThan(0.985);
    expect(coveredByMean / rounds).toBeLessThan(0.5);
  });

  it("is that of even reads where all are alike, nothing changed, or everything did", () => {
    const of = (groups: readonly (readonly [seconds: number, reads: number, changes: number])[]) =>
      estimateUnevenChangeRate(groups.map(([seconds, reads, changes]) => ({ seconds, reads, changes })));
    expect(of([[10, 100, 20]])).toEqual(estimateChangeRate(100, 20, 10));
    expect(
      of([
        [10, 100, 0],
        [60, 100, 0],
      ]),
    ).toMatchObject({ perHour: 0, lowPerHour: 0 });
    expect(
      of([
        [10, 50, 50],
        [60, 50, 50],
      ]),
    ).toMatchObject({ lowerBound: true });
    expect(of([])).toBeUndefined();
    expect(of([[0, 10, 5]])).toBeUndefined();
  });
});
