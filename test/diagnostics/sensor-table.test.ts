import { describe, expect, it } from "vitest";
import { controlsOf, parseCommand } from "#diagnostics/control-table.ts";
import { languageOf, languages } from "#diagnostics/language.ts";
import type { SensorDescription } from "#diagnostics/sensor.ts";
import { sensorDevices } from "#diagnostics/sensor-table.ts";
import { busOverview, overviewOf } from "../support/overview.ts";

/** Units that Home Assistant accepts for a device class (sensor/const.py, DEVICE_CLASS_UNITS, of 2026.11), as far as we use them. */
const unitsOf: Readonly<Record<string, readonly string[]>> = {
  data_size: ["B", "kB", "MB", "GB", "TB", "KiB", "MiB", "GiB"],
  data_rate: ["B/s", "kB/s", "MB/s"],
  duration: ["d", "h", "min", "s", "ms", "µs"],
  frequency: ["Hz", "kHz"],
};
const withoutUnit = new Set(["timestamp", "enum"]);

const english = { perEntity: [], language: "en" } as const;
const devices = sensorDevices(overviewOf(), { perEntity: ["sensor.a"], language: "en" });
const all = devices.flatMap(({ key, sensors }) => sensors.map((sensor) => ({ device: key, ...sensor })));
const valueOf = (device: string, key: string): unknown =>
  all.find((sensor) => sensor.device === device && sensor.description.key === key)?.value;

describe("the table of sensors", () => {
  it.each(all.map(({ device, description }) => [`${device} ${description.key}`, description] as const))(
    "%s obeys Home Assistant's rules for classes and units",
    (_name, { deviceClass, unit, stateClass, options, key, precision }: SensorDescription) => {
      expect(key).toMatch(/^[a-z0-9_]+$/);
      if (deviceClass !== undefined && withoutUnit.has(deviceClass)) {
        expect({ unit, stateClass, precision }).toEqual({
          unit: undefined,
          stateClass: undefined,
          precision: undefined,
        });
      } else if (deviceClass !== undefined) expect(unitsOf[deviceClass]).toContain(unit);
      expect(options === undefined).toBe(deviceClass !== "enum");
    },
  );

  it("has a device for the site, for each bus, and for the entities that were asked for", () => {
    expect(devices.map(({ key }) => key)).toEqual(["site", "bus_line", "entities"]);
    expect(sensorDevices(overviewOf(), english).map(({ key }) => key)).toEqual(["site", "bus_line"]);
  });

  it("has a name of its own for everything in every language", () => {
    for (const language of languages) {
      for (const { sensors, controls } of sensorDevices(overviewOf(), { perEntity: ["sensor.*"], language })) {
        const names = [...sensors, ...controls].map(({ description }) => description.name);
        expect(new Set(names).size).toBe(names.length);
        for (const name of names) expect(name).toMatch(/^\S.*\S$/);
      }
    }
    const [german] = sensorDevices(overviewOf(), { perEntity: [], language: languageOf("de-AT") });
    expect(german?.sensors.map(({ description }) => description.name)).toContain("Letztes Backup");
    expect([languageOf("pt"), languageOf(undefined), languageOf("DE")]).toEqual(["en", "en", "de"]);
  });

  it("takes from people what is in range, and nothing else", () => {
    expect(parseCommand("verify", "PRESS")).toEqual({ key: "verify" });
    expect(parseCommand("drive", "ON")).toEqual({ key: "drive", value: 1 });
    expect(parseCommand("drive", "OFF")).toEqual({ key: "drive", value: 0 });
    for (const payload of ["", "on", "1", "true"]) expect(parseCommand("drive", payload)).toBeUndefined();
    expect(parseCommand("bus_budget", "35")).toEqual({ key: "bus_budget", value: 35 });
    for (const payload of ["", " ", "4", "101", "NaN", "1e3", "many"])
      expect(parseCommand("bus_budget", payload)).toBeUndefined();
    for (const key of ["", "delete", "__proto__", "constructor"]) expect(parseCommand(key, "PRESS")).toBeUndefined();
    const values = controlsOf(overviewOf({ budget: 0.35, drive: { isOn: true } }), "en").slice(-2);
    expect(values.map(({ value }) => value)).toEqual([35, "ON"]);
  });

  it("names every sensor once", () => {
    const names = all.map(({ device, description }) => `${device} ${description.key}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it("gives values in the unit they are labelled with", () => {
    expect(valueOf("site", "storage_size")).toBe(2.65);
    expect(valueOf("site", "storage_written_per_day")).toBe(31);
    expect(valueOf("site", "storage_free")).toBe(12.34);
    expect(valueOf("site", "storage_commit_time")).toBe(1.23);
    expect(valueOf("site", "values_per_minute")).toBe(375);
    expect(valueOf("site", "storage_last_commit")).toBe("2023-11-14T22:13:20.000Z");
    expect(valueOf("bus_line", "utilisation")).toBe(30);
    expect(valueOf("bus_line", "utilisation_after")).toBe(15);
    expect(valueOf("bus_line", "read_time")).toBe(100);
    expect(valueOf("entities", "sensor_a_interval")).toBe(5);
    expect(valueOf("entities", "sensor_a_recommended")).toBe(30);
  });

  it("gives enum values that are among the options", () => {
    for (const { description, value } of all)
      if (description.options !== undefined) expect(description.options).toContain(value);
  });

  it("says nothing rather than a number that means nothing", () => {
    const { connection, ingest, storage } = overviewOf();
    const { lagMilliseconds: _lag, ...early } = ingest;
    const { lastCommitAt: _at, freeDiskBytes: _free, commitMilliseconds: _time, bytesPerDay: _day, ...young } = storage;
    const learning = sensorDevices(
      overviewOf({ connection, ingest: early, storage: young, buses: [busOverview("line", 0, 0)], entities: [] }),
      english,
    );
    const values = new Map(
      learning.flatMap(({ sensors }) => sensors.map(({ description, value }) => [description.key, value])),
    );
    for (const key of [
      "lag",
      "storage_last_commit",
      "storage_free",
      "storage_commit_time",
      "storage_written_per_day",
      "utilisation",
      "utilisation_after",
      "requests",
    ])
      expect([key, values.get(key)]).toEqual([key, null]);
    expect([...values.values()].filter((value) => typeof value === "number" && !Number.isFinite(value))).toEqual([]);
  });
});
