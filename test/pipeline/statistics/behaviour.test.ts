import { describe, expect, it } from "vitest";
import { addDwell, countTransition, mostStates, noDwell } from "#pipeline/statistics/dwell.ts";
import { quietHours, ratesByHour } from "#pipeline/statistics/hour-profile.ts";
import { addToNoise, breakNoise, noiseValue, noNoise } from "#pipeline/statistics/noise-floor.ts";
import { countChange, profileOf } from "#pipeline/statistics/rate-profile.ts";
import type { ReadGroup } from "#pipeline/statistics/change-rate.ts";
import { addGroup, countReads, noReads } from "#pipeline/statistics/read-count.ts";
import { quarterDay, quartersOfWeek, ratesByWeekday } from "#pipeline/statistics/weekday-profile.ts";
import { accumulate, emptyAccumulator } from "#pipeline/statistics/accumulator.ts";
import { readingsOf } from "../../support/readings.ts";
import { normal } from "../../support/signals.ts";

const hour = 3_600_000;
const day = 24 * hour;

describe("the noise floor", () => {
  it.each([0, 3])("is the deviation of the noise, also on a slope or a slow wave (seed %s)", (seed) => {
    const random = normal(seed);
    let noise = noNoise;
    for (let index = 0; index < 20_000; index += 1) {
      noise = addToNoise(noise, 100 * Math.sin(index / 500) + index / 50 + 0.4 * random());
    }
    expect(noiseValue(noise)).toBeCloseTo(0.4, 1);
  });

  it("is not known of a few values, nor taken from across an outage", () => {
    let noise = noNoise;
    for (let index = 0; index < 100; index += 1) noise = breakNoise(addToNoise(noise, 0), 1_000);
    expect(noiseValue(noise)).toBeUndefined();
  });
});

/** Counts changes at these times. */
function changesAt(parts: number, length: number, times: readonly number[]): number[] {
  const changes = Array<number>(parts).fill(0);
  for (const time of times) countChange(changes, time, length);
  return changes;
}

const every = (step: number, from: number, to: number): number[] =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => from + index * step);

describe("the hours of the day", () => {
  const during = (days: number, times: readonly number[]) => profileOf(changesAt(24, hour, times), 0, days * day, hour);
  const nights = during(
    4,
    every(300_000, 0, 4 * day).filter((time) => time % day > 6 * hour && time % day < 22 * hour),
  );

  it("are watched to the millisecond, days at once", () => {
    const { watched } = profileOf(changesAt(24, hour, []), 0.5 * hour, 10 * day + 1.25 * hour, hour);
    expect(watched[0]).toBe(10.5 * hour);
    expect(watched[1]).toBe(10.25 * hour);
    expect(watched.reduce((sum, time) => sum + time, 0)).toBe(10 * day + 0.75 * hour);
  });

  it("show when it is quiet, in local time", () => {
    expect(quietHours(nights)).toMatchObject({ from: 22, to: 6 });
    expect(quietHours(nights, 2)).toMatchObject({ from: 0, to: 8 });
  });

  it("are not quiet for what changes all day, or was seen too short", () => {
    expect(quietHours(during(4, every(300_000, 0, 4 * day)))).toBeUndefined();
    expect(quietHours(during(1, every(60_000, 8 * hour, 20 * hour)))).toBeUndefined();
  });

  it("have rates of their own, drawn to the whole where little was seen", () => {
    const rates = ratesByHour(nights)!;
    expect(rates[12]).toBeGreaterThan(9);
    expect(rates[2]).toBeLessThan(rates[12]! / 2);
    const once = ratesByHour(during(1, [0]))!;
    expect(once[0]! / once[1]!).toBeLessThan(1.2);
    expect(ratesByHour(during(0, []))).toBeUndefined();
  });
});

describe("the days of the week", () => {
  /** 2026-03-02 was a Monday. */
  const monday = Date.UTC(2026, 2, 2);

  it.each([0, 6, -6, 12])("have rates of their own, Monday first (%s hours from UTC)", (utcOffset) => {
    const from = monday - utcOffset * hour;
    const weekends = every(600_000, 0, 28 * day).filter((time) => Math.floor(time / day) % 7 >= 5);
    const changesInWeek = changesAt(
      quartersOfWeek,
      quarterDay,
      weekends.map((time) => from + time),
    );
    const rates = ratesByWeekday({ changesInWeek, firstTime: from, lastTime: from + 28 * day }, utcOffset)!;
    expect(rates.slice(0, 5).every((rate) => rate < 0.2)).toBe(true);
    expect(rates.slice(5).every((rate) => rate > 5)).toBe(true);
  });

  it("have none where nothing was watched", () => {
    const { changesInWeek, firstTime, lastTime } = emptyAccumulator();
    expect(ratesByWeekday({ changesInWeek, firstTime, lastTime })).toBeUndefined();
  });
});

describe("states of an enum", () => {
  it("have their times and what follows them", () => {
    const dwell = noDwell();
    addDwell(dwell, 1, 500);
    addDwell(dwell, -1, 500);
    countTransition(dwell, 1, 2);
    countTransition(dwell, 1, 2);
    countTransition(dwell, -1, 2);
    expect(dwell.time).toEqual([0, 500]);
    expect(dwell.transitions[mostStates + 2]).toBe(2);
  });

  it("are learned with the readings", () => {
    const state = emptyAccumulator();
    const rows = [
      [0, "off"],
      [10_000, "on"],
      [40_000, "off"],
      [60_000, "on"],
    ] as const;
    for (const reading of readingsOf(rows)) accumulate(state, reading);
    expect(state.texts).toEqual(["off", "on"]);
    expect(state.dwell.time).toEqual([30_000, 30_000]);
    expect(state.dwell.transitions[1]).toBe(2);
    expect(state.dwell.transitions[mostStates]).toBe(1);
  });
});

describe("groups of reads", () => {
  it("are few: alike ones are one, and the nearest become one when there are too many", () => {
    let groups: readonly ReadGroup[] = [];
    for (const seconds of [10, 10.5, 60, 2, 300, 15, 70])
      groups = addGroup(groups, { seconds, reads: 64, changes: 32 });
    expect(groups.length).toBe(4);
    expect(groups.reduce((sum, { reads }) => sum + reads, 0)).toBe(7 * 64);
    expect(groups[0]).toEqual({ seconds: 2, reads: 64, changes: 32 });
  });
});

describe("reads", () => {
  it("are counted from the rhythm of the changes, jitter or not", () => {
    const gaps = Array.from({ length: 64 }, (_, index) => (1 + (index % 3)) * 60_000 + (index % 2 === 0 ? 900 : -900));
    let count = noReads;
    for (let index = 1; index <= 64; index += 1) count = countReads(count, gaps, 64);
    expect(count.groups.reduce((sum, { reads }) => sum + reads, 0)).toBe(
      gaps.reduce((sum, gap) => sum + Math.round(gap / 60_000), 0),
    );
    expect(count.time).toBe(gaps.reduce((sum, gap) => sum + gap, 0));
  });
});
