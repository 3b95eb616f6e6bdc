import { describe, expect, it } from "vitest";
import { adviceAsUpdates, planPatch } from "#app/plan-patch.ts";
import type { EntityOverview } from "#model/overview.ts";
import { configurationFiles } from "../support/configuration-files.ts";
import { entityOverview } from "../support/overview.ts";

const yaml = `modbus:
  - name: line
    type: tcp
    host: a
    port: 502
    sensors:
      - name: a # a comment
        address: 1
        scan_interval: 5
      - name: b
        address: 2
`;
const known = (name: string, recommended: number): EntityOverview => ({
  entity: { entityId: `sensor.${name}`, integration: "modbus", name },
  advice: { entityId: `sensor.${name}`, action: "slower", present: 5, recommended, reason: "Why." },
});
const home = { entities: [known("a", 30), known("b", 60)], buses: [], budget: 0.5 };

describe("what a plan would change in the configuration", () => {
  it("is a difference of exactly those lines", async () => {
    const patch = await planPatch(configurationFiles({ "configuration.yaml": yaml }), home);
    expect(patch.missing).toBeUndefined();
    expect(patch.files.map(({ file }) => file)).toEqual(["configuration.yaml"]);
    const changed = patch.files[0]?.lines.filter((line) => /^[+-] /.test(line));
    expect(changed).toEqual(["-        scan_interval: 5", "+        scan_interval: 30", "+        scan_interval: 60"]);
  });

  it("is nothing, with the reason, where there is no configuration, no hub, or no way to read it", async () => {
    expect(await planPatch(undefined, home)).toEqual({
      files: [],
      missing: "Home Assistant's configuration cannot be reached from here (option home_assistant_config).",
    });
    expect((await planPatch(configurationFiles({ "configuration.yaml": "a: 1\n" }), home)).missing).toContain(
      "no Modbus hub",
    );
    const broken = { ...configurationFiles({}), read: () => Promise.reject(new Error("The disk is gone.")) };
    expect((await planPatch(broken, home)).missing).toBeDefined();
  });

  it("may be left to automations, but for what the drive reads and what is not known yet", () => {
    expect(
      adviceAsUpdates([known("a", 30), { ...known("b", 60), drivenSeconds: 3 }, entityOverview("sensor.c", "wait")]),
    ).toEqual([{ entityId: "sensor.a", interval: 30 }]);
  });
});
