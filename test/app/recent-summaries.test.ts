import { beforeEach, describe, expect, it } from "vitest";
import { RecentSummaries } from "#app/recent-summaries.ts";
import { normalize } from "#ingest/normalize.ts";
import { StatisticsStage } from "#pipeline/statistics/statistics-stage.ts";

const hour = 3_600_000;
const entityId = "sensor.a";

describe("figures that are asked for again and again", () => {
  let stage: StatisticsStage;
  let recent: RecentSummaries;
  let now: number;

  beforeEach(() => {
    stage = new StatisticsStage();
    recent = new RecentSummaries(stage);
    now = 10 * hour;
    for (let time = 0; time < now; time += 60_000) take(time, String(time % 7));
  });

  function take(time: number, state: string): void {
    const reading = normalize({ entityId, time, state });
    if (reading !== undefined) stage.step([reading]);
  }

  it("are those of the stage, and the same object for a minute", () => {
    const first = recent.summarize(entityId, { now });
    expect(first).toEqual(stage.summarize(entityId, { now }));
    expect(recent.summarize(entityId, { now: now + 60_000 })).toBe(first);
    const later = recent.summarize(entityId, { now: now + 60_001 });
    expect(later).toEqual(stage.summarize(entityId, { now: now + 60_001 }));
    expect(later).not.toEqual(first);
  });

  it("are never out by more than a hundredth of what they are of", () => {
    take(20 * hour, "1");
    const young = new StatisticsStage();
    const begun = normalize({ entityId, time: 0, state: "1" });
    if (begun !== undefined) young.step([begun]);
    const first = new RecentSummaries(young);
    const once = first.summarize(entityId, { now: 10_000 });
    expect(first.summarize(entityId, { now: 10_100 })).toBe(once);
    expect(first.summarize(entityId, { now: 10_101 })).not.toBe(once);
  });

  it("are made anew when a value came, a read is counted otherwise, or the clock was set back", () => {
    const before = recent.summarize(entityId, { now, interval: 60 });
    expect(recent.summarize(entityId, { now, interval: 61 })).not.toBe(before);
    const other = recent.summarize(entityId, { now, interval: 60 });
    expect(recent.summarize(entityId, { now: now - 1, interval: 60 })).not.toBe(other);
    take(now, "100");
    expect(recent.summarize(entityId, { now, interval: 60 })).toMatchObject({ lastState: "100", maximum: 100 });
  });

  it("are none of what nothing is known of", () => {
    expect(recent.summarize("sensor.b", { now })).toBeUndefined();
    const reading = normalize({ entityId: "sensor.b", time: now, state: "5" });
    if (reading !== undefined) stage.step([reading]);
    expect(recent.summarize("sensor.b", { now })).toMatchObject({ lastState: "5" });
  });
});
