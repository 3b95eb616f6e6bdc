import { describe, expect, it } from "vitest";
import { historyOf } from "#app/history.ts";
import type { IntervalRecord } from "#model/interval-record.ts";

const day = 86_400_000;
const record = (entityId: string, time: number, more: Partial<IntervalRecord> = {}): IntervalRecord => ({
  entityId,
  time,
  interval: 30,
  before: 5,
  reason: "Never changed in 900 reads.",
  origin: "plan",
  ...more,
});
const nameOf = (entityId: string): string => entityId.slice("sensor.".length);

describe("what happened", () => {
  it("is told the newest first; what was decided in one go is one event", () => {
    const events = historyOf(
      [
        ...["a", "b", "c", "d", "e"].map((name) => record(`sensor.${name}`, day)),
        record("sensor.a", 2 * day, { origin: "configuration", interval: 0, reason: "Set in modbus.yaml, line 7." }),
        record("sensor.z", 5, { origin: "legacy" }),
      ],
      [
        { from: 3 * day, to: 3 * day + 41_000, cause: "home-assistant-restarted" },
        { from: 4 * day, to: 4 * day, cause: "host-clock" },
      ],
      nameOf,
    );
    expect(events.map(({ kind, title }) => [kind, title])).toEqual([
      ["gap", "This machine's clock was set"],
      ["gap", "Home Assistant was restarted"],
      ["configuration", "You set 1 interval in the configuration"],
      ["plan", "A plan proposed 5 intervals"],
      ["earlier", "The older package decided 1 interval"],
    ]);
    expect(events[1]?.detail).toMatch(/^For 41 s; /);
    expect(events[2]?.detail).toBe("a: 5 s → on demand. Set in modbus.yaml, line 7.");
    expect(events[3]).toMatchObject({
      detail: "a 5 s → 30 s, b 5 s → 30 s, c 5 s → 30 s and 2 more.",
      entityIds: ["sensor.a", "sensor.b", "sensor.c", "sensor.d", "sensor.e"],
    });
  });

  it("is nothing at first, and never more than a page can show", () => {
    expect(historyOf([], [], nameOf)).toEqual([]);
    const many = Array.from({ length: 2_000 }, (_, index) => record("sensor.a", index * 1_000));
    expect(historyOf(many, [], nameOf).length).toBe(500);
  });
});
