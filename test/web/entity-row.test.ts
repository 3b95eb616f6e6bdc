import { expect, it } from "vitest";
import { entityRow } from "#web/entity-row.ts";
import { entityOverview } from "../support/overview.ts";

it("leaves out what is different at every moment, and is the same row for the same overview", () => {
  const statistics = {
    entityId: "sensor.a",
    kind: "numeric",
    samples: 7,
    changes: 6,
    firstTime: 1,
    lastTime: 9,
    lastState: "5.1",
    lastChange: 9,
    availability: 1,
    outages: 0,
    mean: 5.012,
  } as const;
  const overview = { ...entityOverview("sensor.a", "keep"), statistics };
  const row = entityRow(overview);
  expect(row.entity).toEqual({ entityId: "sensor.a", name: "Name of sensor.a", unit: "°C" });
  expect(row.advice).toBe(overview.advice);
  expect(Object.keys(row.statistics ?? {})).toEqual(["kind", "samples", "lastState", "firstTime"]);
  expect(Object.keys(row.interval ?? {})).toEqual(["seconds", "origin"]);
  expect(entityRow(overview)).toBe(row);
  const { statistics: _figures, interval: _reads, ...bare } = overview;
  expect(entityRow(bare)).toEqual({ ...bare, entity: row.entity });
});
