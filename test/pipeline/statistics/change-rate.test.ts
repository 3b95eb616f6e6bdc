import { describe, expect, it } from "vitest";
import { estimateChangeRate } from "#pipeline/statistics/change-rate.ts";
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
