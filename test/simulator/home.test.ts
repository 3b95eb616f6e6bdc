import { describe, expect, it } from "vitest";
import { SimulatedHomeState } from "#simulator/home.ts";

const now = 1_780_000_000_000;
const hour = 3_600_000;
const newHome = (seed = 1): SimulatedHomeState => new SimulatedHomeState({ seed, now, historyHours: 6 });
const statesOf = (home: SimulatedHomeState, entityId: string): string[] =>
  home.history(entityId, 0, home.now + 1).map(({ state }) => state);

describe("the simulated home", () => {
  const home = newHome();
  home.advance(now + 5 * 60_000);

  it("has registers of every kind", () => {
    const distinct = (entityId: string): number => new Set(statesOf(home, entityId)).size;
    expect(distinct("sensor.heat_pump_serial")).toBe(1);
    expect(new Set(statesOf(home, "sensor.heat_pump_compressor"))).toEqual(new Set(["0", "1"]));
    expect(distinct("sensor.meter_frequency")).toBeGreaterThan(5);
    expect(distinct("sensor.heat_pump_operating_mode")).toBeGreaterThan(1);
    const energy = statesOf(home, "sensor.meter_import_energy").map(Number);
    expect(energy).toEqual(energy.toSorted((a, b) => a - b));
    expect(home.registers.some(({ scanInterval }) => scanInterval === 0)).toBe(true);
    expect(home.registers.some(({ uniqueId }) => uniqueId === undefined)).toBe(true);
  });

  it("has a unit that is away for a while, and comes back", () => {
    const long = new SimulatedHomeState({ seed: 1, now, historyHours: 12 });
    const states = statesOf(long, "sensor.ventilation_supply_temperature");
    expect(states).toContain("unavailable");
    expect(states.at(-1)).not.toBe("unavailable");
  });

  it("keeps one request on a line at a time: its truth never exceeds what the line can carry", () => {
    for (const bus of home.buses.values()) {
      const { utilisation, intervals } = bus.truth();
      expect(utilisation).toBeGreaterThan(0.01);
      expect(utilisation).toBeLessThanOrEqual(1);
      for (const register of home.registers)
        if (register.scanInterval > 0 && intervals.has(register.entityId))
          expect(intervals.get(register.entityId)).toBeGreaterThanOrEqual(register.scanInterval);
    }
  });

  it("tells a change once, and nothing of a read that found the same", () => {
    const told = newHome();
    const changes = told.advance(now + 60_000);
    const times = changes.map(({ lastChanged }) => lastChanged);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    for (const { entityId } of told.registers) {
      const mine = changes.filter((change) => change.entityId === entityId).map(({ state }) => state);
      expect(mine).toEqual(told.history(entityId, now + 1, now + 60_001).map(({ state }) => state));
      for (let index = 1; index < mine.length; index += 1) expect(mine[index]).not.toBe(mine[index - 1]);
    }
    const constant = told.state("sensor.heat_pump_setpoint");
    expect(constant?.lastReported).toBeGreaterThan(constant?.lastChanged ?? 0);
  });

  it("is the same home with the same seed, and another with another", () => {
    const entityId = "sensor.meter_power";
    expect(statesOf(newHome(), entityId)).toEqual(statesOf(newHome(), entityId));
    expect(statesOf(newHome(2), entityId)).not.toEqual(statesOf(newHome(), entityId));
  });

  it("makes every state anew when Home Assistant restarts", () => {
    const restarted = newHome();
    const before = restarted.state("sensor.heat_pump_serial");
    restarted.restart(now + 1_000);
    expect(restarted.state("sensor.heat_pump_serial")).toMatchObject({
      state: before?.state,
      lastChanged: now + 1_000,
    });
  });

  it("never owes unbounded work: far behind, it skips ahead and says by how much", () => {
    const late = newHome();
    const begun = performance.now();
    late.advance(now + 1_000 * hour);
    expect(late.skipped).toBe(1_000 * hour - 10 * 60_000);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
