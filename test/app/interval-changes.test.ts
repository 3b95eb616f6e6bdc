import { expect, it } from "vitest";
import { intervalChanges } from "#app/interval-changes.ts";
import { readConfiguration } from "#modbus/yaml/read-configuration.ts";
import { configurationFiles } from "../support/configuration-files.ts";

const hubs = async (sensors: string) => {
  const yaml = `modbus:\n- {name: line, type: tcp, host: a, port: 502, sensors: [${sensors}]}\n`;
  return (await readConfiguration(configurationFiles({ "configuration.yaml": yaml }), "configuration.yaml")).hubs;
};
const entity = (name: string, integration = "modbus") => ({ entityId: `sensor.${name}`, integration, name });

it("an interval that somebody has set otherwise is a decision, whatever else has changed", async () => {
  const before = await hubs("{name: a, address: 1, scan_interval: 5}, {name: b, address: 2, scan_interval: 5}");
  const after = await hubs(
    "{name: new, address: 3, scan_interval: 1}, {name: a, address: 1, scan_interval: 30}, {name: b, address: 9, scan_interval: 5}",
  );
  const known = [entity("a"), entity("b"), entity("new"), entity("gone")];
  expect(intervalChanges(before, after, known, 7)).toEqual([
    {
      entityId: "sensor.a",
      time: 7,
      interval: 30,
      before: 5,
      reason: "Set in configuration.yaml, line 2.",
      origin: "configuration",
    },
  ]);
  expect(intervalChanges([], after, known, 7)).toEqual([]);
  expect(intervalChanges(before, after, [entity("a", "solax_modbus")], 7)).toEqual([]);
});
