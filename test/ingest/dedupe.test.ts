import { describe, expect, it } from "vitest";
import { Dedupe } from "#ingest/dedupe.ts";

describe("the first, cheap filter", () => {
  it("drops the sample that was just seen, of each entity by itself", () => {
    const dedupe = new Dedupe();
    expect(dedupe.isNew({ entityId: "sensor.a", time: 1, state: "1" })).toBe(true);
    expect(dedupe.isNew({ entityId: "sensor.b", time: 1, state: "1" })).toBe(true);
    expect(dedupe.isNew({ entityId: "sensor.a", time: 1, state: "1" })).toBe(false);
  });

  it("lets through the same text at another time, and another text at the same time", () => {
    const dedupe = new Dedupe();
    dedupe.isNew({ entityId: "sensor.a", time: 1, state: "1" });
    expect(dedupe.isNew({ entityId: "sensor.a", time: 2, state: "1" })).toBe(true);
    expect(dedupe.isNew({ entityId: "sensor.a", time: 2, state: "2" })).toBe(true);
  });

  it("lets history through without forgetting the newest", () => {
    const dedupe = new Dedupe();
    dedupe.isNew({ entityId: "sensor.a", time: 10, state: "1" });
    expect(dedupe.isNew({ entityId: "sensor.a", time: 5, state: "0" })).toBe(true);
    expect(dedupe.isNew({ entityId: "sensor.a", time: 10, state: "1" })).toBe(false);
  });
});
