import { describe, expect, it } from "vitest";
import { Recent, type Track } from "#ingest/recent.ts";
import type { Sample } from "#model/sample.ts";

const sample = (entityId: string, time: number, state: string): Sample => ({ entityId, time, state });

/** Every sample as a delivery of its own, each in a batch of its own. */
function newRecent() {
  const recent = new Recent();
  return {
    recent,
    take: (one: Sample) => {
      recent.beginBatch();
      const [track] = recent.join([one]) ?? [];
      return recent.take(track as Track, one);
    },
  };
}

describe("what came last", () => {
  it("tells a sample that is repeated, of each entity by itself", () => {
    const { take } = newRecent();
    expect(take(sample("sensor.a", 1, "1"))).toBe("new");
    expect(take(sample("sensor.b", 1, "1"))).toBe("new");
    expect(take(sample("sensor.a", 1, "1"))).toBe("repeated");
  });

  it("takes the same text at another time, and another text at the same time, for new", () => {
    const { take } = newRecent();
    take(sample("sensor.a", 1, "1"));
    expect(take(sample("sensor.a", 2, "1"))).toBe("new");
    expect(take(sample("sensor.a", 2, "2"))).toBe("new");
    expect(take(sample("sensor.a", 2, "1"))).toBe("new");
  });

  it("tells what is late, without forgetting the newest", () => {
    const { take } = newRecent();
    take(sample("sensor.a", 10, "1"));
    expect(take(sample("sensor.a", 5, "0"))).toBe("late");
    expect(take(sample("sensor.a", 10, "1"))).toBe("repeated");
  });

  it("keeps two deliveries that may tell of one moment out of one batch; one delivery may", () => {
    const { recent } = newRecent();
    recent.beginBatch();
    expect(
      recent.join([sample("sensor.a", 5, "1"), sample("sensor.a", 5, "2"), sample("sensor.b", 9, "1")]),
    ).toHaveLength(3);
    expect(recent.join([sample("sensor.c", 1, "1"), sample("sensor.a", 5, "1")])).toBeUndefined();
    expect(recent.join([sample("sensor.b", 8, "1")])).toBeUndefined();
    expect(recent.join([sample("sensor.a", 6, "1"), sample("sensor.c", 1, "1")])).toHaveLength(2);
    recent.beginBatch();
    expect(recent.join([sample("sensor.a", 5, "1")])).toHaveLength(1);
  });
});
