import { describe, expect, it } from "vitest";
import { busesWrittenTo, driveTargets, driveTurns, valuesOf, withDrive } from "#app/driving.ts";
import { Knowledge } from "#app/knowledge.ts";
import { parseServiceCall } from "#bridge/service-call.ts";
import { createConfig } from "#config/config.ts";
import { readConfiguration } from "#modbus/yaml/read-configuration.ts";
import type { DriveTarget } from "#model/drive.ts";
import { Repository } from "#repository/repository.ts";
import { MemoryVolume, Storage } from "#storage/index.ts";
import { configurationFiles } from "../support/configuration-files.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { silentLogger } from "#core/logger.ts";
import { busOverview } from "../support/overview.ts";
import { readingsOf } from "../support/readings.ts";

const config = (values: Readonly<Record<string, unknown>> = {}) => createConfig([{ origin: "test", values }]);
const start = 1_700_000_000_000;

/** A line with two registers read on demand, one polled every second, and a device of another integration. */
async function home(): Promise<Knowledge> {
  const knowledge = new Knowledge();
  const { hubs } = await readConfiguration(
    configurationFiles({
      "configuration.yaml": `modbus:
- {name: line, type: tcp, host: a, port: 502, sensors: [
    {name: A, address: 1, slave: 7, scan_interval: 0},
    {name: B, address: 2, slave: 8, scan_interval: 0},
    {name: C, address: 3, slave: 8, scan_interval: 1}]}
`,
    }),
    "configuration.yaml",
  );
  knowledge.setHubs(hubs);
  knowledge.setEntities([
    ...["a", "b", "c"].map((name) => ({ entityId: `sensor.${name}`, integration: "modbus", name })),
    { entityId: "sensor.inverter", integration: "solax_modbus", name: "Inverter" },
  ]);
  return knowledge;
}

describe("what there is to drive", () => {
  it("is what Home Assistant reads only on demand, with what the others leave of the budget", async () => {
    const knowledge = await home();
    const [target, ...others] = driveTargets(knowledge, config({ drive_wanted: ["sensor.b"] }), 0.5);
    expect(others).toEqual([]);
    expect(target).toMatchObject({
      busId: "tcp_a_502",
      entities: [
        { entityId: "sensor.a", unit: 7, wanted: false, least: 2 },
        { entityId: "sensor.b", unit: 8, wanted: true, least: 2 },
      ],
    });
    const service = target?.serviceSeconds ?? Number.NaN;
    expect(target?.allowance).toBe(0.25);
    expect(driveTargets(knowledge, config(), service * 3)[0]?.allowance).toBeCloseTo(service * 2, 6);
    // C is to be read every second: of that budget nothing is left.
    expect(driveTargets(knowledge, config(), service / 2)[0]?.allowance).toBe(0);
  });

  it("is what people name beside it; other integrations are not asked more often than they answer", async () => {
    const targets = driveTargets(await home(), config({ drive_entities: ["sensor.c", "*.inverter"] }), 0.5);
    expect(targets.map(({ entities }) => entities.map(({ entityId, least }) => [entityId, least]))).toEqual([
      [
        ["sensor.a", 2],
        ["sensor.b", 2],
        ["sensor.c", 2],
      ],
      [["sensor.inverter", 10]],
    ]);
    expect(targets[0]?.allowance).toBe(0.25);
  });
});

describe("whose turn it is", () => {
  const target: DriveTarget = {
    busId: "line",
    entities: ["sensor.a", "sensor.b"].map((entityId) => ({ entityId, wanted: false, least: 1 })),
    allowance: 0.1,
    serviceSeconds: 0.1,
  };

  it("is told from what is stored already, where it is known how often entities are read", async () => {
    await using storage = await Storage.open({
      at: new MemoryVolume(),
      clock: new ManualClock(start),
      logger: silentLogger,
      create: true,
    });
    const repository = await Repository.open(storage);
    const knowledge = new Knowledge();
    const ids = target.entities.map(({ entityId }) => entityId);
    knowledge.setEntities(ids.map((entityId) => ({ entityId, integration: "modbus", name: entityId })));
    const options = { repository, knowledge, now: start + 600_000 };
    expect((await driveTurns(target, 1_000, options)).learned()).toBe(0);

    const wave = Array.from({ length: 120 }, (_, read) => read * 5_000);
    await repository.samples.append(
      readingsOf(
        wave.map((time) => [start + time, String(Math.round(50 * Math.sin(time / 60_000)))] as const),
        "sensor.a",
      ),
    );
    knowledge.seePolls({
      from: start,
      to: start + 600_000,
      period: 1_000,
      polls: wave.flatMap((time) => ids.map((entityId) => ({ entityId, time: start + time }))),
    });
    const turns = await driveTurns(target, 1_000, options);
    expect(turns.learned()).toBe(0.5);
    expect(turns.next(1, () => true)).toBe(1);
  });

  it("takes a text that is numbered otherwise than in the past for no change", async () => {
    await using storage = await Storage.open({
      at: new MemoryVolume(),
      clock: new ManualClock(start),
      logger: silentLogger,
      create: true,
    });
    const repository = await Repository.open(storage);
    const knowledge = new Knowledge();
    knowledge.setEntities([{ entityId: "sensor.a", integration: "modbus", name: "A" }]);
    // In the past “on” was 0 and “off” 1; of what is read now “off” is 0.
    const readings = readingsOf(
      Array.from({ length: 40 }, (_, index) => [start + index * 15_000, index < 5 ? "on" : "off"] as const).filter(
        ([, state], index, all) => state !== all[index - 1]?.[1],
      ),
    );
    await repository.samples.append(readings);
    knowledge.learn(readings);
    knowledge.seePolls({
      from: start,
      to: start + 600_000,
      period: 1_000,
      polls: Array.from({ length: 40 }, (_, index) => ({ entityId: "sensor.a", time: start + index * 15_000 })),
    });
    const one = { ...target, entities: target.entities.slice(0, 1) };
    const turns = await driveTurns(one, 1_000, { repository, knowledge, now: start + 600_000 });
    const valueOf = valuesOf();
    const before = turns.restlessness();
    turns.observe(0, 20, valueOf("sensor.a", "off"));
    expect(turns.restlessness()).toBe(before);
    turns.observe(0, 40, valueOf("sensor.a", "on"));
    expect(turns.restlessness()).toBeGreaterThan(before);
  });

  it("depends on values as numbers, and a text is one as well", () => {
    const valueOf = valuesOf();
    expect(["21.5", "on", "off", "on", "unavailable", undefined].map((state) => valueOf("sensor.a", state))).toEqual([
      21.5,
      0,
      1,
      0,
      Number.NaN,
      Number.NaN,
    ]);
    expect(valueOf("sensor.b", "off")).toBe(0);
  });
});

describe("a write of somebody else", () => {
  const buses = [
    { ...busOverview("line").bus, name: "line" },
    { ...busOverview("other").bus, name: "other", entityIds: ["switch.pump"] },
  ];
  const call = (domain: string, service: string, data: unknown) => {
    const parsed = parseServiceCall({ data: { domain, service, service_data: data } });
    return parsed === undefined ? undefined : busesWrittenTo(parsed, buses).map(({ name }) => name);
  };

  it("is seen on the bus that it is for", () => {
    expect(call("modbus", "write_register", { hub: "line", address: 3, value: 1 })).toEqual(["line"]);
    expect(call("modbus", "write_coil", {})).toEqual(["line", "other"]);
    expect(call("switch", "turn_on", { entity_id: ["switch.pump"] })).toEqual(["other"]);
    expect(call("number", "set_value", { entity_id: "sensor.a", value: 3 })).toEqual(["line"]);
  });

  it("is not what only reads, or is for others", () => {
    expect(call("homeassistant", "update_entity", { entity_id: ["sensor.a"] })).toEqual([]);
    expect(call("light", "turn_on", { entity_id: "light.kitchen" })).toEqual([]);
    expect(call("light", "turn_on", null)).toEqual([]);
    for (const event of [undefined, null, 3, {}, { data: null }, { data: { domain: 1, service: "x" } }])
      expect(parseServiceCall(event)).toBeUndefined();
    expect(parseServiceCall({ data: { domain: "a", service: "b", service_data: { entity_id: [1, "x.y"] } } })).toEqual({
      domain: "a",
      service: "b",
      entityIds: ["x.y"],
    });
  });
});

describe("the buses, with the drive", () => {
  it("say what it does on each", () => {
    const drive = {
      busId: "line",
      state: "driving",
      entities: 1,
      allowance: 0.2,
      load: 0.1,
      readsPerSecond: 1,
      reads: 1,
      failures: 0,
      sentence: "",
    } as const;
    const buses = withDrive([busOverview("line"), busOverview("other")], [drive]);
    expect(buses.map((bus) => bus.drive)).toEqual([drive, undefined]);
  });

  it("say of its entities that they are read by it, and advise nothing", async () => {
    const knowledge = await home();
    knowledge.driven = () => new Map([["sensor.a", 3]]);
    const { entities } = knowledge.describe(start, 0.5);
    const driven = entities.find(({ entity }) => entity.entityId === "sensor.a");
    expect(driven).toMatchObject({ drivenSeconds: 3, advice: { action: "keep", present: 3 } });
  });
});
