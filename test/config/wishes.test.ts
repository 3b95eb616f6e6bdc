import { describe, expect, it } from "vitest";
import { createConfig } from "#config/config.ts";
import { wishesOf } from "#config/wishes.ts";

const wishes = (values: Readonly<Record<string, unknown>>) => wishesOf(createConfig([{ origin: "test", values }]));

describe("what people want of single entities", () => {
  it("is nothing at first", () => {
    expect(wishes({})("sensor.a")).toEqual({});
  });

  it("is a tolerance, limits of the interval, or both; the last one that matches counts", () => {
    const wishOf = wishes({
      tolerances: ["sensor.*_temperature=0.2", "sensor.flow_temperature=1"],
      interval_limits: "sensor.flow_*=1..30,sensor.meter=10..2.5",
    });
    expect(wishOf("sensor.outdoor_temperature")).toEqual({ tolerance: 0.2 });
    expect(wishOf("sensor.flow_temperature")).toEqual({ tolerance: 1, least: 1, most: 30 });
    expect(wishOf("sensor.meter")).toEqual({ least: 2.5, most: 10 });
  });

  it("is refused where it is none", () => {
    for (const tolerances of ["sensor.a", "sensor.a=", "sensor.a=x", "=1", "sensor.a=-1", "sensor.a=1..2"])
      expect(() => wishes({ tolerances }), tolerances).toThrow("tolerances (test) must be");
    for (const limits of ["sensor.a=1", "sensor.a=1..", "sensor.a=1..x"])
      expect(() => wishes({ interval_limits: limits }), limits).toThrow("interval_limits (test) must be");
  });
});
