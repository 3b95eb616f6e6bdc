import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { updateAutomations } from "#modbus/yaml/update-automation.ts";

const one = (interval: number) => {
  const [automation] = parse(updateAutomations([{ entityId: "sensor.a", interval }])) as {
    triggers: Record<string, string>[];
    alias: string;
  }[];
  const { trigger, ...pattern } = automation?.triggers[0] ?? {};
  return { trigger, pattern, alias: automation?.alias };
};

describe("automations that ask for entities", () => {
  it("are one for each interval, with all of its entities", () => {
    const text = updateAutomations([
      { entityId: "sensor.b", interval: 5 },
      { entityId: "sensor.c", interval: 60 },
      { entityId: "sensor.a", interval: 5 },
    ]);
    expect(text).toBe(`- id: modbus_cadence_update_5_s
  alias: "Modbus Cadence: read every 5 s"
  triggers:
    - trigger: time_pattern
      seconds: /5
  actions:
    - action: homeassistant.update_entity
      data:
        entity_id:
          - sensor.a
          - sensor.b
  mode: single
  max_exceeded: silent
- id: modbus_cadence_update_60_s
  alias: "Modbus Cadence: read every 1 min"
  triggers:
    - trigger: time_pattern
      minutes: /1
  actions:
    - action: homeassistant.update_entity
      data:
        entity_id:
          - sensor.c
  mode: single
  max_exceeded: silent
`);
    expect(updateAutomations([])).toBe("");
  });

  it.each([
    [0.5, { seconds: "/1" }],
    [1, { seconds: "/1" }],
    [7, { seconds: "/6" }],
    [30, { seconds: "/30" }],
    [45, { seconds: "/30" }],
    [90, { minutes: "/1" }],
    [300, { minutes: "/5" }],
    [1_800, { minutes: "/30" }],
    [3_600, { hours: "/1" }],
    [200_000, { hours: "/12" }],
  ])("every %d s run at a time that Home Assistant can name: %o", (interval, pattern) => {
    expect(one(interval)).toMatchObject({ trigger: "time_pattern", pattern });
  });
});
