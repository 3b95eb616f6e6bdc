import { describe, expect, it } from "vitest";
import { busesOf } from "#modbus/topology.ts";
import { readConfiguration } from "#modbus/yaml/read-configuration.ts";
import type { Entity } from "#model/entity.ts";
import type { ModbusConnection } from "#model/modbus-connection.ts";
import { configurationFiles } from "../support/configuration-files.ts";

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

  it("of two hubs are told apart by their reads, once that is clear", () => {
    const entities = ["sensor.a", "sensor.b", "sensor.c"].map(yaml);
    const connections = [hub("10.0.0.2:502", "one"), hub("10.0.0.3:502", "two")];
    const split = () => [["sensor.a", "sensor.c"], ["sensor.b"]];
    expect(busesOf(entities, connections, [], split)).toMatchObject([
      { id: "modbus_line_1", name: "modbus (line 1 of 2)", origin: "observed", entityIds: ["sensor.a", "sensor.c"] },
      { id: "modbus_line_2", name: "modbus (line 2 of 2)", origin: "observed", entityIds: ["sensor.b"] },
    ]);
    // Of three nothing is told.
    const three = [...connections, hub("10.0.0.4:502", "three")];
    expect(busesOf(entities, three, [], split).map(({ id }) => id)).toEqual(["modbus"]);
  });

  it("are one for each integration where Home Assistant tells nothing", () => {
    const buses = busesOf([yaml("sensor.a"), entry("sensor.b", "E1")], undefined);
    expect(buses.map(({ id, origin, entityIds }) => [id, origin, entityIds])).toEqual([
      ["modbus", "assumed", ["sensor.a"]],
      ["solax_modbus", "assumed", ["sensor.b"]],
    ]);
  });

  it("are one for each device that was set up, where an integration has several", () => {
    const named = { ...entry("sensor.c", "E2"), device: "Garage inverter" };
    const buses = busesOf([entry("sensor.a", "E1"), entry("sensor.b", "E1"), named], undefined);
    expect(buses.map(({ id, name, entityIds }) => [id, name, entityIds])).toEqual([
      ["solax_modbus_e1", "solax_modbus (E1)", ["sensor.a", "sensor.b"]],
      ["solax_modbus_e2", "solax_modbus (Garage inverter)", ["sensor.c"]],
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

  it("are the hubs of the configuration, whose entities are known by unique id, by entity id or by name", async () => {
    const { hubs } = await readConfiguration(
      configurationFiles({
        "configuration.yaml":
          "modbus:\n- {name: one, type: tcp, host: 10.0.0.2, port: 502, sensors: [{name: A, address: 1, unique_id: u1}, {name: B, address: 2, slave: 4}]}\n" +
          "- {name: two, type: serial, port: /dev/ttyUSB0, baudrate: 1200, sensors: [{name: C, address: 1, virtual_count: 2}]}\n",
      }),
      "configuration.yaml",
    );
    const buses = busesOf(
      [
        { ...yaml("sensor.renamed"), uniqueId: "u1" },
        yaml("sensor.b"),
        { ...yaml("sensor.other"), name: "C 2" },
        yaml("sensor.stranger"),
      ],
      [hub("10.0.0.2:502", "one"), hub("10.0.0.9:502", "nine")],
      hubs,
    );
    expect(buses.map(({ id, name, units, entityIds, origin }) => [id, name, units, entityIds, origin])).toEqual([
      ["tcp_10_0_0_2_502", "one", [1, 4], ["sensor.renamed", "sensor.b"], "yaml"],
      ["serial_dev_ttyusb0", "two", [1], ["sensor.other"], "yaml"],
      ["tcp_10_0_0_9_502", "nine", [1], ["sensor.stranger"], "connections"],
    ]);
    // 1,200 baud: the wire alone takes 130 ms.
    expect(buses[1]?.readSeconds).toBeGreaterThan(0.15);
  });

  it("are the one hub of the configuration for all of its integration, whatever they are called now", async () => {
    const files = configurationFiles({
      "configuration.yaml": "modbus:\n- {name: one, type: tcp, host: a, port: 502, sensors: [{name: A, address: 1}]}\n",
    });
    const { hubs } = await readConfiguration(files, "configuration.yaml");
    const buses = busesOf([yaml("sensor.kitchen"), entry("sensor.b", "E1")], [hub("a:502", "one")], hubs);
    expect(buses.map(({ id, entityIds }) => [id, entityIds])).toEqual([
      ["tcp_a_502", ["sensor.kitchen"]],
      ["solax_modbus", ["sensor.b"]],
    ]);
  });
});
