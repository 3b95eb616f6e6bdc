import { describe, expect, it } from "vitest";
import { Lags } from "#ingest/lags.ts";

describe("how late values came", () => {
  it("is nothing without a value", () => {
    expect(new Lags().quantile(0, 0.99)).toBeUndefined();
  });

  it("is told a fifth too large at the most", () => {
    const lags = new Lags();
    for (let lag = 1; lag <= 1_000; lag += 1) lags.add(lag, lag, 1);
    const [median, most] = [lags.quantile(1_000, 0.5) as number, lags.quantile(1_000, 0.99) as number];
    expect(median).toBeGreaterThanOrEqual(500);
    expect(median).toBeLessThan(500 * 1.2);
    expect(most).toBeGreaterThanOrEqual(990);
    expect(most).toBeLessThan(990 * 1.2);
  });

  it("forgets what is an hour old, and what came between", () => {
    const lags = new Lags();
    lags.add(0, 60_000, 1_000);
    lags.add(1_800_000, 10, 1);
    expect(lags.quantile(1_800_000, 0.99)).toBeGreaterThanOrEqual(60_000);
    expect(lags.quantile(3_700_000, 0.99)).toBeLessThan(12);
    expect(lags.quantile(9_000_000, 0.99)).toBeUndefined();
  });

  it("is told of the last minutes alone", () => {
    const lags = new Lags();
    lags.add(0, 60_000, 1);
    lags.add(200_000, 10, 1_000);
    expect(lags.quantile(200_000, 1)).toBeGreaterThanOrEqual(60_000);
    expect(lags.quantile(200_000, 1, 2)).toBeLessThan(12);
    expect(lags.quantile(3_601_000, 1, 2)).toBeUndefined();
  });

  it("takes any number", () => {
    const lags = new Lags();
    lags.add(0, 0, 1);
    expect(lags.quantile(0, 0.99)).toBe(1);
    lags.add(0, 1e12, 99);
    expect(lags.quantile(0, 0.99)).toBe(2 ** 20);
  });
});
