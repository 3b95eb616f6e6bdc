import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatBytes } from "#core/bytes.ts";
import { formatDuration, parseDuration } from "#core/duration.ts";
import { matchesAny } from "#core/glob.ts";

describe("durations", () => {
  it.each([
    ["90", 90_000],
    ["250ms", 250],
    ["1.5min", 90_000],
    ["1h30m", 5_400_000],
    ["1h 30min", 5_400_000],
    ["7d", 604_800_000],
  ])("reads %s", (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));

  it.each(["", "s", "-5s", "5 weeks", "5s nonsense", "1e3", "NaN"])("refuses “%s”", (text) => {
    expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: "USAGE" }));
  });

  it.each([
    [0, "0 ms"],
    [40, "40 ms"],
    [2_380, "2.38 s"],
    [90_000, "1.5 min"],
    [3_600_000, "1 h"],
    [212 * 86_400_000, "212 d"],
    [-5_000, "-5 s"],
  ])("says %d ms as %s", (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text));
});

describe("bytes", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1_400, "1.4 kB"],
    [999_600, "1.0 MB"],
    [37_000_000, "37.0 MB"],
    [250_000_000, "250 MB"],
  ])("says %d as %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe("globs", () => {
  it("match whole texts; everything but * and ? is itself", () => {
    const matches = matchesAny(["sensor.heat_*", "binary_sensor.pump?"]);
    expect(["sensor.heat_pump", "sensor.heat_", "binary_sensor.pump1"].every(matches)).toBe(true);
    expect(["sensor.heat", "xsensor.heat_pump", "sensorXheat_pump", "binary_sensor.pump12"].some(matches)).toBe(false);
  });

  it("without * and ? match themselves and nothing else, whatever they hold", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1 }).filter((each) => !/[*?]/.test(each));
    fc.assert(
      fc.property(text, (glob) => {
        expect(matchesAny([glob])(glob)).toBe(true);
        expect(matchesAny([glob])(`${glob}x`)).toBe(false);
      }),
    );
    expect(matchesAny(["a-b"])("a-b")).toBe(true);
  });

  it("match nothing when there are none", () => expect(matchesAny([])("sensor.a")).toBe(false));
});
