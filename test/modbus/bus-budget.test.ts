import { expect, it } from "vitest";
import { busBudget } from "#modbus/bus-budget.ts";

it("a bus on which somebody waits for writes keeps head-room, whatever reads may take elsewhere", () => {
  const readOnly = { entityIds: ["sensor.a", "binary_sensor.b"] };
  const written = { entityIds: ["sensor.a", "switch.pump"] };
  expect([0.5, 0.9].map((allowed) => busBudget(readOnly, allowed))).toEqual([0.5, 0.9]);
  expect([0.5, 0.9].map((allowed) => busBudget(written, allowed))).toEqual([0.5, 0.7]);
});
