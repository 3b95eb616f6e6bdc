import { describe, expect, it } from "vitest";
import { planYaml } from "#app/yaml-plan.ts";
import { readConfiguration } from "#modbus/yaml/read-configuration.ts";
import type { BusOverview, EntityOverview } from "#model/overview.ts";
import { configurationFiles } from "../support/configuration-files.ts";

const main = "configuration.yaml";
const read = async (sensors: string) =>
  readConfiguration(
    configurationFiles({ [main]: `modbus:\n- {name: line, type: tcp, host: a, port: 502, sensors: [${sensors}]}\n` }),
    main,
  );
const nobody = { entities: [], buses: [], budget: 0.5 };
const bus = (id: string, serviceSeconds: number, serviceOrigin: "observed" | "assumed"): BusOverview => ({
  bus: { id, name: id, type: "tcp", endpoint: "", units: [], entityIds: [], origin: "connections" },
  load: {
    busId: id,
    requestsPerSecond: 0,
    serviceSeconds,
    serviceOrigin,
    timeOutShare: 0,
    utilisation: 0,
    utilisationAfter: 0,
    counted: 0,
    uncounted: 0,
  },
  budget: 0.5,
  missing: 0,
  sentence: "",
});

describe("what a configuration asks of its bus", () => {
  it("is charged as assumed, until reads were seen", async () => {
    const configuration = await read("{name: A, address: 1, scan_interval: 10}");
    const [assumed] = planYaml(configuration, nobody).buses;
    expect(assumed?.requestsPerSecond).toBeCloseTo(0.1, 10);
    expect([assumed?.cost.low, assumed?.cost.seconds, assumed?.cost.high].map((each) => each?.toFixed(6))).toEqual([
      "0.003000",
      "0.050000",
      "0.100000",
    ]);
    const seen = planYaml(configuration, {
      ...nobody,
      buses: [bus("tcp_a_502", 0.4, "observed"), bus("other", 9, "observed")],
    }).buses[0];
    expect(seen?.cost.seconds).toBe(0.4);
    expect(seen?.demand).toBeCloseTo(0.04, 10);
    expect(planYaml(configuration, { ...nobody, buses: [bus("tcp_a_502", 0.4, "assumed")] }).buses[0]?.cost).toEqual(
      assumed?.cost,
    );
  });

  it("stays as it is within the budget, and takes the advice of an entity that was seen, whatever its id is now", async () => {
    const configuration = await read(
      "{name: A, address: 1, scan_interval: 10, unique_id: u}, {name: B, address: 2, scan_interval: 10}",
    );
    const known: EntityOverview = {
      entity: { entityId: "sensor.kitchen", integration: "modbus", name: "Kitchen", uniqueId: "u" },
      advice: { entityId: "sensor.kitchen", action: "slower", present: 10, recommended: 60, reason: "A counter." },
    };
    const { entities } = planYaml(configuration, { ...nobody, entities: [known] });
    expect(entities.map(({ proposed, reason }) => [proposed, reason])).toEqual([
      [60, "A counter."],
      [10, "Nothing is known yet of what it does."],
    ]);
  });

  it("is stretched for all alike where it is too much, but not what is never read by itself", async () => {
    const many = Array.from(
      { length: 40 },
      (_, index) => `{name: S${index}, address: ${index}, scan_interval: 1}`,
    ).join(", ");
    const configuration = await read(`${many}, {name: D, address: 99, scan_interval: 0}`);
    const { buses, entities } = planYaml(configuration, nobody);
    expect(buses[0]?.sentence).toBe(
      "line is asked for 40 reads a second and can do about 20: values come later than they were set to. Most is asked for S0 (5 %), S1 (5 %), and S2 (5 %).",
    );
    expect(buses[0]?.demandAfter).toBeLessThanOrEqual(0.5);
    expect(entities[0]?.proposed).toBe(5);
    expect(entities.at(-1)).toMatchObject({ proposed: 0, reason: "Is read only when somebody asks for it." });
  });
});
