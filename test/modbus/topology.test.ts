import { describe, expect, it } from "vitest";
import { busesOf } from "#modbus/topology.ts";
import type { Entity } from "#model/entity.ts";
import type { ModbusConnection } from "#model/modbus-connection.ts";

const yaml = (entityId: string): Entity => ({ entityId, integration: "modbus", name: entityId });
const entry = (entityId: string, configEntryId: string, integration = "solax_modbus"): Entity => ({
  entityId,
  integration,
  name: entityId,
  configEntryId,
});
const hub = (endpoint: string, name: string, units: readonly number[] = [1]): ModbusConnection => ({
  type: "tcp",
  endpoint,
  source: "yaml",
  units: { [name]: units },
});

describe("the buses of a home", () => {
  it("are one hub of the YAML and one connection of an integration", () => {
    const buses = busesOf(
      [yaml("sensor.a"), entry("sensor.b", "E1"), yaml("sensor.c")],
      [
        hub("10.0.0.2:502", "line", [2, 1, 2]),
        { type: "serial", endpoint: "/dev/ttyUSB0", source: "config_entry", units: { E1: [3] } },
      ],
    );
    expect(buses).toEqual([
      {
        id: "serial_dev_ttyusb0",
        name: "solax_modbus at /dev/ttyUSB0",
        type: "serial",
        endpoint: "/dev/ttyUSB0",
        units: [3],
        entityIds: ["sensor.b"],
        origin: "connections",
      },
      {
        id: "tcp_10_0_0_2_502",
        name: "line",
        type: "tcp",
        endpoint: "10.0.0.2:502",
        units: [1, 2],
        entityIds: ["sensor.a", "sensor.c"],
        origin: "connections",
      },
    ]);
  });

  it("of several hubs share one bus that says so, as nobody tells which entity belongs to which", () => {
    const buses = busesOf([yaml("sensor.a")], [hub("10.0.0.2:502", "one"), hub("10.0.0.3:502", "two", [5])]);
    expect(buses).toMatchObject([{ name: "modbus (2 hubs)", origin: "assumed", type: "unknown", units: [1, 5] }]);
  });

  it("are one for each integration where Home Assistant tells nothing", () => {
    const buses = busesOf([yaml("sensor.a"), entry("sensor.b", "E1")], undefined);
    expect(buses.map(({ id, origin, entityIds }) => [id, origin, entityIds])).toEqual([
      ["modbus", "assumed", ["sensor.a"]],
      ["solax_modbus", "assumed", ["sensor.b"]],
    ]);
  });

  it("hold every entity once, and none is empty", () => {
    const entities = [yaml("sensor.a"), entry("sensor.b", "E1"), entry("sensor.c", "E2", "huawei_solar")];
    const buses = busesOf(entities, [
      hub("10.0.0.2:502", "line"),
      { type: "tcp", endpoint: "10.0.0.9:502", source: "config_entry", units: { E1: [1] } },
      { type: "tcp", endpoint: "10.0.0.8:502", source: "config_entry", units: { NOBODY: [1] } },
    ]);
    expect(buses.flatMap(({ entityIds }) => entityIds).toSorted()).toEqual(["sensor.a", "sensor.b", "sensor.c"]);
    expect(buses.every(({ entityIds }) => entityIds.length > 0)).toBe(true);
    expect(new Set(buses.map(({ id }) => id)).size).toBe(buses.length);
  });
});
