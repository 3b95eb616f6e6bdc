import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createConfig } from "#config/config.ts";
import { configJsonSchema } from "#config/json-schema.ts";
import { loadSettings } from "#config/load.ts";
import { optionsPage } from "#config/options-page.ts";
import { readOption } from "#config/option.ts";
import { optionTable } from "#config/options.ts";

const empty = mkdtempSync(join(tmpdir(), "cadence-config-"));

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("expected a failure");
}

describe("the options table", () => {
  it("has a default that keeps its own rule, and a text, in every row", () => {
    for (const [key, option] of Object.entries(optionTable)) {
      expect(key).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(option.text).toMatch(/\.$|…$/);
      if (option.default !== undefined) expect(readOption(option, option.default)).toEqual(option.default);
    }
  });

  it("is what schema and documentation in the repository were made from", () => {
    const root = join(import.meta.dirname, "..", "..");
    const schema = readFileSync(join(root, "config", "options.schema.json"), "utf8");
    expect(JSON.parse(schema)).toEqual(configJsonSchema());
    expect(readFileSync(join(root, "docs", "options.md"), "utf8")).toBe(optionsPage());
  });
});

describe("createConfig", () => {
  it("takes defaults, and later sources win", () => {
    const config = createConfig([
      { origin: "file", values: { bus_budget: 0.3, log_level: "debug" } },
      { origin: "environment", values: { bus_budget: "0.4" } },
    ]);
    expect(config).toMatchObject({ bus_budget: 0.4, log_level: "debug", backfill_days: 10 });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it("names every fault at once: option, origin, rule and value", () => {
    const message = messageOf(() =>
      createConfig([
        { origin: "file", values: { bus_budget: 7, buss_budget: 1, include: ["NOT A GLOB"] } },
        { origin: "environment", values: { home_assistant_url: "ftp://x" }, names: { home_assistant_url: "HASS_URL" } },
      ]),
    );
    expect(message.split("\n")).toEqual([
      "bus_budget (file) must be a number from 0.05 to 1 (share of the bus), got 7.",
      "buss_budget (file) is not an option. Did you mean bus_budget?",
      'include (file) must be a list of entity globs such as sensor.heat_pump_*, got ["NOT A GLOB"].',
      'HASS_URL (environment) must be an address that begins with http:// or https://, got "ftp://x".',
    ]);
  });

  it("never repeats a secret", () => {
    const message = messageOf(() => createConfig([{ origin: "file", values: { panel_token: { a: "hunter2" } } }]));
    expect(message).not.toContain("hunter2");
  });

  it("does not open the panel to other machines without a token", () => {
    expect(messageOf(() => createConfig([{ origin: "file", values: { panel_host: "0.0.0.0" } }]))).toContain(
      "panel_token",
    );
    const opened = createConfig([{ origin: "file", values: { panel_host: "0.0.0.0", panel_token: "secret" } }]);
    expect(opened.panel_token).toBe("secret");
  });
});

describe("loadSettings", () => {
  const load = (environment: Record<string, string>, directory = empty) => loadSettings({ environment, directory });

  it("reads file, then environment, then flags", () => {
    const directory = mkdtempSync(join(tmpdir(), "cadence-config-"));
    writeFileSync(join(directory, "cadence.yaml"), "bus_budget: 0.2\npanel_port: 1\ninclude: [sensor.a*]\n");
    const settings = loadSettings({
      directory,
      environment: { CADENCE_CONFIG: "cadence.yaml", CADENCE_PANEL_PORT: "2", HASS_URL: "http://ha:8123/" },
      flags: { store_directory: "elsewhere" },
    });
    expect(settings.config).toMatchObject({
      bus_budget: 0.2,
      panel_port: 2,
      include: ["sensor.a*"],
      home_assistant_url: "http://ha:8123",
    });
    expect(settings.storeDirectory).toBe(join(directory, "elsewhere"));
    expect(settings.addon).toBe(false);
  });

  it("knows the add-on by its Supervisor token", () => {
    const settings = load({ SUPERVISOR_TOKEN: "abc" });
    expect(settings).toMatchObject({ addon: true, storeDirectory: "/data" });
    expect(settings.config).toMatchObject({
      home_assistant_url: "http://supervisor/core",
      home_assistant_token: "abc",
    });
  });

  it("names a variable of ours that is no option", () => {
    expect(messageOf(() => load({ CADENCE_BUS_BUGET: "0.5" }))).toBe(
      "CADENCE_BUS_BUGET (environment) is not an option.",
    );
  });

  it.each([
    ["bus_budget: [", "is not valid YAML"],
    ["- a\n- b", "must hold options"],
    [`a: &a [${"x,".repeat(9)}x]\nb: &b [${"*a,".repeat(200)}*a]`, "cannot be expanded"],
  ])("refuses a bad file in one sentence: %s", (text, says) => {
    const directory = mkdtempSync(join(tmpdir(), "cadence-config-"));
    writeFileSync(join(directory, "cadence.yaml"), text);
    expect(messageOf(() => load({ CADENCE_CONFIG: "cadence.yaml" }, directory))).toContain(says);
  });

  it("refuses a named file that is not there, and does without the default one", () => {
    expect(messageOf(() => load({ CADENCE_CONFIG: "nowhere.yaml" }))).toContain("nowhere.yaml");
    expect(load({}).config.backfill_days).toBe(10);
  });
});
