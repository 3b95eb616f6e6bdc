import { describe, expect, it } from "vitest";
import { isTimeZone, unixTime, writtenTime } from "#sources/legacy/written-time.ts";

describe("a time without a zone", () => {
  it.each([
    ["2025-08-07T21:42:00", "local", "Europe/Berlin", "2025-08-07T19:42:00.000Z"],
    ["2025-01-07 21:42:00", "local", "Europe/Berlin", "2025-01-07T20:42:00.000Z"],
    ["2025-08-07T14:14:35.700000", "local", "America/St_Johns", "2025-08-07T16:44:35.700Z"],
    ["2025-08-07T19:40:00.512340", "utc", "Europe/Berlin", "2025-08-07T19:40:00.512Z"],
    ["2025-08-07T19:40:00", "utc", undefined, "2025-08-07T19:40:00.000Z"],
    ["2025-08-07T19:40:00+02:00", "local", "Asia/Tokyo", "2025-08-07T17:40:00.000Z"],
    ["2025-08-07T19:40:00Z", "local", undefined, "2025-08-07T19:40:00.000Z"],
    ["2025-03-30T03:00:00", "local", "Europe/Berlin", "2025-03-30T01:00:00.000Z"],
    ["2025-10-26T03:00:00", "local", "Europe/Berlin", "2025-10-26T02:00:00.000Z"],
  ] as const)("%s, %s of %s, is %s", (text, clockwork, zone, iso) => {
    const { time, text: kept } = writtenTime(text, clockwork, zone);
    expect(kept).toBe(text);
    expect(new Date(time ?? Number.NaN).toISOString()).toBe(iso);
  });

  it.each([
    ["in the hour that comes twice", "2025-10-26T02:30:00", "Europe/Berlin"],
    ["in the hour that is skipped", "2025-03-30T02:30:00", "Europe/Berlin"],
    ["of no known zone", "2025-08-07T21:42:00", undefined],
    ["that is none", "yesterday", "Europe/Berlin"],
    ["of a day that is none", "2025-02-30T00:00:00", "Europe/Berlin"],
  ] as const)("%s stays a text", (_name, text, zone) => {
    expect(writtenTime(text, "local", zone)).toEqual({ text });
  });
});

it("knows zones by their names", () => {
  expect(["Europe/Berlin", "UTC", "Nowhere/City", ""].map(isTimeZone)).toEqual([true, true, false, false]);
});

it("takes seconds since 1970 for a time only where they can be one", () => {
  expect([1_754_595_600.25, 0, -5, Number.NaN, 1e12, "1754595600", null].map(unixTime)).toEqual([
    1_754_595_600_250,
    ...[undefined, undefined, undefined, undefined, undefined, undefined],
  ]);
});
