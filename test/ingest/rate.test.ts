import { describe, expect, it } from "vitest";
import { Rate } from "#ingest/rate.ts";

describe("the rate of the last minute", () => {
  it("is nothing before anything came", () => {
    expect(new Rate().perSecond(5_000)).toBe(0);
  });

  it("is counts over the time since the first, as long as that is below a minute", () => {
    const rate = new Rate();
    for (let second = 0; second < 10; second += 1) rate.add(second * 1_000, 6);
    expect(rate.perSecond(9_999)).toBeCloseTo(6, 1);
  });

  it("forgets what is older than a minute, and everything after a long silence", () => {
    const rate = new Rate();
    rate.add(0, 6_000);
    rate.add(61_000, 60);
    expect(rate.perSecond(61_000)).toBe(1);
    expect(rate.perSecond(10_000_000)).toBe(0);
  });
});
