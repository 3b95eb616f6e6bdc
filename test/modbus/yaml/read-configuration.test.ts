import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readConfiguration } from "#modbus/yaml/read-configuration.ts";
import type { YamlConfiguration } from "#model/yaml-hub.ts";
import { configurationFiles } from "../../support/configuration-files.ts";
import { hasSharedData, sharedData, withoutSharedData } from "../../support/shared-data.ts";

const main = "configuration.yaml";
const read = (files: Readonly<Record<string, string>>, file = main) =>
  readConfiguration(configurationFiles(files), file);
const codes = ({ problems }: YamlConfiguration): string[] => problems.map(({ line, code }) => `${line} ${code}`);
const entitiesOf = ({ hubs }: YamlConfiguration) => hubs.flatMap(({ entities }) => entities);

const hub = "- name: line\n  type: tcp\n  host: 10.0.0.1\n  port: 502\n  sensors:\n";
const sensor = (name: string, address: number, more = ""): string =>
  `    - name: ${name}\n      address: ${address}\n${more === "" ? "" : `      ${more}\n`}`;

describe("hubs", () => {
  it("are found below modbus:, in packages and behind every form of !include", async () => {
    const one = (name: string): string => `- name: ${name}\n  type: tcp\n  host: ${name}\n  port: 502\n`;
    const configuration = await read({
      [main]: `homeassistant:\n  packages: !include_dir_named packages\nmodbus: !include modbus.yaml\nmodbus cellar: !include_dir_merge_list cellar\n`,
      "modbus.yaml": `${one("a")}  sensors: !include sensors/a.yaml\n  switches: !include_dir_list switches\n`,
      "sensors/a.yaml": "- {name: s1, address: 1}\n- {name: s2, address: 0x10}\n",
      "switches/x.yaml": "name: w\naddress: 3\nverify:\n",
      "cellar/1.yaml": one("c1"),
      "cellar/deep/2.yaml": one("c2"),
      "cellar/.hidden.yaml": one("no"),
      "packages/heat.yaml": `modbus:\n${one("p")}`,
      "packages/secrets.yaml": "a: b\n",
    });
    expect(configuration.hubs.map(({ name }) => name)).toEqual(["a", "c1", "c2", "p"]);
    expect(
      entitiesOf(configuration).map(({ name, file, line, reads }) => [name, file, line, reads[0]?.address]),
    ).toEqual([
      ["s1", "sensors/a.yaml", 1, 1],
      ["s2", "sensors/a.yaml", 2, 16],
      ["w", "switches/x.yaml", 1, 3],
    ]);
    expect(codes(configuration)).toEqual([]);
  });

  it("have the parameters of their line, Home Assistant's own where none is given", async () => {
    const { hubs } = await read({
      [main]:
        "modbus:\n- name: s\n  type: serial\n  port: /dev/ttyUSB0\n  baudrate: 19200\n  parity: E\n  stopbits: 1\n  bytesize: 8\n  method: rtu\n" +
        "- {type: tcp, host: !secret inverter, port: 1502, timeout: 5, message_wait_milliseconds: 100}\n",
      "secrets.yaml": "inverter: 10.0.0.9\n",
    });
    expect(hubs[0]).toMatchObject({
      endpoint: "/dev/ttyUSB0",
      baud: 19_200,
      bitsPerByte: 11,
      messageWait: 0.03,
      timeout: 3,
    });
    expect(hubs[1]).toMatchObject({ name: "modbus_hub", endpoint: "10.0.0.9:1502", messageWait: 0.1, timeout: 5 });
  });

  it("stand in for entities whose hub is in another file", async () => {
    const configuration = await read(
      { "lights.yaml": "- {name: Küche, address: 3, slave: 2, command_on: 1}\n" },
      "lights.yaml",
    );
    expect(configuration.hubs).toMatchObject([{ name: "unknown hub", type: "unknown" }]);
    expect(entitiesOf(configuration)).toMatchObject([{ entityId: "switch.kuche", unit: 2, reads: [] }]);
    expect(codes(configuration)).toEqual(["1 entities-without-hub"]);
  });
});

describe("entities", () => {
  it("have what one poll of them asks for", async () => {
    const configuration = await read({
      [main]: `modbus:
- name: line
  type: tcp
  host: a
  port: 502
  sensors:
  - {name: Power, address: 1, data_type: float32, input_type: input, device_address: 7, scan_interval: 5, unique_id: u1}
  - {name: Text, address: 2, data_type: string, count: 8}
  - {name: Many, address: 3, virtual_count: 121}
  binary_sensors:
  - {name: Door, address: 4, input_type: discrete_input, slave_count: 7}
  switches:
  - {name: Written, address: 5}
  - {name: Seen, address: 6, write_type: coil, verify: }
  - {name: Elsewhere, address: 7, verify: {address: 8, input_type: input}}
  covers:
  - {name: Blind, address: 9, status_register: 10}
  climates:
  - {name: Heat, address: 11, data_type: int32, target_temp_register: 12, hvac_mode_register: {address: 13, values: {}}, scan_interval: 0}
`,
    });
    expect(entitiesOf(configuration)).toMatchObject([
      {
        domain: "sensor",
        entityId: "sensor.power",
        uniqueId: "u1",
        unit: 7,
        dataType: "float32",
        interval: 5,
        intervalIsSet: true,
        reads: [{ registerType: "input", address: 1, count: 2 }],
      },
      { reads: [{ registerType: "holding", address: 2, count: 8 }], interval: 15, intervalIsSet: false, unit: 1 },
      { reads: [{ address: 3, count: 122 }], more: 121 },
      { reads: [{ registerType: "discrete_input", address: 4, count: 8 }], more: 7 },
      { name: "Written", reads: [] },
      { name: "Seen", reads: [{ registerType: "coil", address: 6 }] },
      { name: "Elsewhere", reads: [{ registerType: "input", address: 8 }] },
      { name: "Blind", reads: [{ address: 10, count: 1 }] },
      {
        name: "Heat",
        interval: 0,
        reads: [
          { address: 11, count: 2 },
          { address: 12, count: 2 },
          { address: 13, count: 1 },
        ],
      },
    ]);
    expect(codes(configuration)).toEqual(["19 interval-zero"]);
  });

  it("take what anchors, aliases and merges bring, their own first", async () => {
    const configuration = await read({
      [main]: `modbus:
- name: line
  type: tcp
  host: a
  port: 502
  sensors:
  - &base {name: A, address: 1, scan_interval: &fast 5, slave: 3}
  - {<<: *base, name: B, address: 2}
  - {<<: [{slave: 9}, *base], name: C, address: 3, scan_interval: *fast}
  - {name: D, address: 4, scan_interval: *none}
`,
    });
    expect(entitiesOf(configuration).map(({ name, unit, interval }) => [name, unit, interval])).toEqual([
      ["A", 3, 5],
      ["B", 3, 5],
      ["C", 9, 5],
      ["D", 1, 15],
    ]);
    expect(codes(configuration).filter((code) => !code.endsWith("interval-invalid"))).toEqual(["10 alias-missing"]);
  });

  it("are called as Home Assistant calls them", async () => {
    const names = ["Außen Temperatur", "Вентиляция в ванной", "PV  Leistung (kW)", "!"];
    const list = names.map((name, index) => `- {name: "${name}", address: ${index}}\n`).join("");
    const configuration = await read({ "s.yaml": list }, "s.yaml");
    expect(entitiesOf(configuration).map(({ entityId }) => entityId)).toEqual([
      "sensor.aussen_temperatur",
      "sensor.ventiliatsiia_v_vannoi",
      "sensor.pv_leistung_kw",
      "sensor.unnamed",
    ]);
  });
});

describe("what is wrong", () => {
  const cases: Readonly<Record<string, { files: Record<string, string>; says: string[] }>> = {
    "a line that is no YAML": {
      files: { [main]: `modbus:\n${hub}${sensor("a", 1)}q\n${sensor("b", 2)}` },
      says: ["9 yaml-syntax"],
    },
    "a key that comes twice": {
      files: { [main]: `modbus:\n${hub}${sensor("a", 1, "address: 2")}` },
      says: ["9 duplicate-key"],
    },
    "an include that is not there": {
      files: { [main]: "modbus: !include no.yaml\n" },
      says: ["1 no-modbus", "1 include-missing"],
    },
    "an include from outside": {
      files: { [main]: "modbus: !include ../../etc/passwd\n" },
      says: ["1 no-modbus", "1 include-missing"],
    },
    "an include of itself": {
      files: { [main]: `modbus:\n${hub}${sensor("a", 1)}x: !include configuration.yaml\n` },
      says: ["9 include-cycle"],
    },
    "a secret that is not there": {
      files: { [main]: "modbus:\n- {type: tcp, host: !secret h, port: 1, name: a}\n" },
      says: ["2 secret-missing"],
    },
    "keys that were removed or never were": {
      files: { [main]: `modbus:\n- {type: tcp, host: a, port: 1, retries: 3,\n   scan_interval: 5}\n` },
      says: ["2 removed-key", "3 hub-unknown-key"],
    },
    "a hub without type and place": {
      files: { [main]: "modbus:\n- name: a\n  sensors: []\n- type: tcp\n  name: b\n  sensors: []\n" },
      says: ["2 hub-without-type", "4 hub-without-endpoint"],
    },
    "two hubs at one place": {
      files: {
        [main]: "modbus:\n- {type: tcp, host: a, port: 1, name: x}\n- {type: udp, host: a, port: 1, name: y}\n",
      },
      says: ["3 hub-duplicate"],
    },
    "entities without address, name or sense": {
      files: {
        [main]: `modbus:\n${hub}    - name: a\n    - address: 2\n    - text\n    - {name: b, address: 70000}\n    - {name: c, address: 1, data_type: int, scan_interval: soon}\n`,
      },
      says: [
        "7 entity-without-address",
        "8 entity-without-name",
        "9 entity-not-a-map",
        "10 number-invalid",
        "11 interval-invalid",
        "11 type-unknown",
      ],
    },
    "too much in one read, both units, the same twice": {
      files: {
        [main]: `modbus:\n${hub}    - {name: a, address: 1, virtual_count: 130}\n    - {name: a, address: 2, slave: 1, device_address: 2}\n`,
      },
      says: ["7 too-many-registers", "8 entity-duplicate", "8 unit-twice"],
    },
    "the platform of before 2021": {
      files: { [main]: "sensor:\n- platform: modbus\n  registers: []\n" },
      says: ["1 no-modbus", "2 old-platform"],
    },
    "no configuration at all": { files: { [main]: "# nothing\n" }, says: ["1 no-modbus"] },
    "something else": { files: { [main]: "- platform: template\n  name: a\n" }, says: ["1 no-modbus"] },
  };
  it.each(Object.entries(cases))("%s is named with its line, and the rest is read", async (_name, { files, says }) => {
    const configuration = await read(files);
    expect(codes(configuration).toSorted()).toEqual(says.toSorted());
    for (const { text } of configuration.problems) expect(text).toMatch(/[.]$/);
  });

  it("leaves the other entities of a broken file readable", async () => {
    const configuration = await read({ [main]: `modbus:\n${hub}${sensor("a", 1)}q\n${sensor("b", 2)}` });
    expect(entitiesOf(configuration).map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("never throws, whatever the text", async () => {
    const parts = fc.constantFrom(
      "modbus:\n",
      hub,
      sensor("a", 1),
      "- ",
      "  ",
      "&a ",
      "*a",
      "<<: ",
      "{",
      "}",
      "[",
      "]",
      "'",
      '"',
      ": ",
      "\t",
      "!include x.yaml\n",
      "!secret s",
      "\uFEFF",
      "\r\n",
      "\0",
      "|",
      "? ",
      "%YAML 9\n",
      "---\n",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(parts, { maxLength: 12 }), async (texts) => {
        const { hubs, problems } = await read({ [main]: texts.join(""), "x.yaml": "- *a\n" });
        expect(hubs.length + problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ["lists", `modbus: ${"[".repeat(3_000)}${"]".repeat(3_000)}\n`],
    ["lists that never end", "[".repeat(100_000)],
    ["maps", Array.from({ length: 600 }, (_, depth) => `${" ".repeat(depth)}a:\n`).join("")],
  ])("leaves out what is nested deeper than a stack: %s", async (_name, text) => {
    expect(codes(await read({ [main]: text }))).toContain("1 no-modbus");
  });

  it("does not follow aliases for ever", async () => {
    const levels = Array.from(
      { length: 30 },
      (_, index) => `a${index}: &a${index} [${index === 0 ? "1" : `*a${index - 1}, *a${index - 1}`}]\n`,
    );
    expect(codes(await read({ [main]: `${levels.join("")}modbus: *a29\n` }))).toContain("1 no-modbus");
  });
});

describe("configurations of real people", () => {
  const folder = join(sharedData, "modbus-yaml");
  it.skipIf(!hasSharedData)(`are all read (${withoutSharedData})`, async () => {
    const files = Object.fromEntries(
      readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]),
    );
    const found: Record<string, string> = {};
    for (const name of Object.keys(files)) {
      const { hubs, problems } = await read(files, name);
      const entities = hubs.flatMap((each) => each.entities);
      const rate = entities.reduce((sum, { interval, reads }) => sum + (interval > 0 ? reads.length / interval : 0), 0);
      found[name.split("__")[0] ?? name] = `${entities.length} ${rate.toFixed(1)}`;
      expect(problems.every(({ file, line }) => file === name && line >= 1)).toBe(true);
    }
    expect(found).toMatchObject({
      johado: "165 80.7",
      Stroett: "59 6.2",
      rippofunk: "28 2.8",
      "theyo-tester": "30 1.2",
      MarvinSchenkel: "0 0.0",
    });
  });
});
