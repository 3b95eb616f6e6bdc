import { describe, expect, it } from "vitest";
import { ReadBudget } from "#drive/read-budget.ts";
import { seeded } from "../support/random.ts";

describe("a budget of reads", () => {
  it("is never exceeded in any ten seconds, whatever reads cost and however they come, and is used", () => {
    const random = seeded(7);
    for (const share of [0.05, 0.25, 0.6]) {
      const budget = new ReadBudget();
      const reads: { begun: number; cost: number }[] = [];
      let now = 0;
      while (now < 200_000) {
        const cost = 10 + random() * 60;
        const wait = budget.wait(now, 70, { share, most: share });
        // Whoever asks is late at times.
        now += wait + (random() < 0.01 ? random() * 3_000 : 0);
        if (wait > 0) continue;
        reads.push({ begun: now, cost });
        now += cost;
        budget.spend(now, cost);
      }
      let [first, sum, largest] = [0, 0, 0];
      for (const { begun, cost } of reads) {
        sum += cost;
        while ((reads[first]?.begun ?? 0) <= begun - 10_000) sum -= reads[first++]?.cost ?? 0;
        largest = Math.max(largest, sum);
      }
      expect(largest).toBeLessThanOrEqual(share * 10_000);
      expect(reads.reduce((total, { cost }) => total + cost, 0)).toBeGreaterThan(share * 200_000 * 0.5);
    }
  });

  it("spreads reads evenly instead of spending all at once", () => {
    const budget = new ReadBudget();
    const ends: number[] = [];
    for (let now = 0; now < 20_000;) {
      const wait = budget.wait(now, 40, { share: 0.2, most: 0.2 });
      now += wait;
      if (wait > 0) continue;
      now += 40;
      budget.spend(now, 40);
      ends.push(now);
    }
    const gaps = ends.slice(10).map((end, index) => end - (ends[index + 9] as number));
    expect(Math.min(...gaps)).toBeGreaterThan(150);
    expect(Math.max(...gaps)).toBeLessThan(260);
    expect(budget.load(ends.at(-1) ?? 0)).toBeCloseTo(0.2, 2);
    expect(budget.rate(ends.at(-1) ?? 0)).toBeCloseTo(5, 0);
  });

  it("lets nothing through that is more than it allows, and nothing of no share", () => {
    const budget = new ReadBudget();
    expect(budget.wait(0, 600, { share: 0.05, most: 0.05 })).toBe(Number.POSITIVE_INFINITY);
    expect(budget.wait(0, 40, { share: 0, most: 0.5 })).toBe(Number.POSITIVE_INFINITY);
    // A share that was cut down leaves a read now and then, as long as all that is allowed holds it.
    expect(budget.wait(0, 40, { share: 0.001, most: 0.25 })).toBe(0);
  });
});
