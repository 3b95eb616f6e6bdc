import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { version } from "#app/version.ts";
import { addonConfig, addonEnglish } from "#config/addon-config.ts";

const root = join(import.meta.dirname, "..", "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const config = parse(read("addon/config.yaml")) as Record<string, unknown> & {
  readonly options: Readonly<Record<string, unknown>>;
  readonly schema: Readonly<Record<string, unknown>>;
};

/** Keys that the Supervisor keeps, with its defaults (apps/validate.py, 2026.08); anything else it drops without a word. */
const supervisorKeys: Readonly<Record<string, unknown>> = {
  name: undefined,
  version: undefined,
  slug: undefined,
  description: undefined,
  arch: undefined,
  url: undefined,
  image: undefined,
  homeassistant: undefined,
  stage: "stable",
  startup: "application",
  boot: "auto",
  init: true,
  timeout: 10,
  backup: "hot",
  backup_exclude: undefined,
  ingress: false,
  ingress_port: 8099,
  panel_icon: "mdi:puzzle",
  panel_title: undefined,
  panel_admin: true,
  map: undefined,
  tmpfs: false,
  homeassistant_api: false,
  hassio_api: false,
  hassio_role: "default",
  services: undefined,
  apparmor: true,
  options: undefined,
  schema: undefined,
};

describe("the add-on", () => {
  it("is what the table of options and the version make of it (npm run generate)", () => {
    expect(read("addon/config.yaml")).toBe(addonConfig(version));
    expect(read("addon/translations/en.yaml")).toBe(addonEnglish());
  });

  it("has only keys that the Supervisor knows, and none with the Supervisor's own default", () => {
    for (const [key, value] of Object.entries(config)) {
      expect(Object.keys(supervisorKeys), key).toContain(key);
      expect(value, key).not.toEqual(supervisorKeys[key]);
    }
    expect(config["arch"]).toEqual(["aarch64", "amd64"]);
    expect(config["slug"]).toMatch(/^[-_.A-Za-z0-9]+$/);
    expect(config["image"]).toMatch(/^[a-z0-9.-]+(\/[a-z0-9._-]+)+$/);
    expect(new URL(String(config["url"])).protocol).toBe("https:");
  });

  it("has options that the Supervisor's schema takes, and a schema for each", () => {
    const types =
      /^(str|password|bool|url|int\(-?\d+,-?\d+\)|float\(-?[\d.]+,-?[\d.]+\)|list\([a-z|]+\)|match\(\^.+\$\))\??$/;
    for (const [key, schema] of Object.entries(config.schema)) {
      const text = String(Array.isArray(schema) ? schema[0] : schema);
      expect(text, key).toMatch(types);
      // What has no default may be left out; what has one is there.
      expect(text.endsWith("?"), key).toBe(!Object.hasOwn(config.options, key));
    }
    for (const [key, value] of Object.entries(config.options)) {
      const schema = config.schema[key];
      const limits = /^(?:int|float)\((.+),(.+)\)$/.exec(String(schema));
      if (limits !== null) {
        expect(value, key).toBeGreaterThanOrEqual(Number(limits[1]));
        expect(value, key).toBeLessThanOrEqual(Number(limits[2]));
      }
      const choices = /^list\((.+)\)$/.exec(String(schema))?.[1];
      if (choices !== undefined) expect(choices.split("|"), key).toContain(value);
      if (!Array.isArray(schema)) continue;
      const pattern = new RegExp(/^match\((.+)\)$/.exec(String(schema[0]))?.[1] ?? "");
      for (const item of value as readonly string[]) expect(item, key).toMatch(pattern);
    }
  });

  it("has the highest rating, 8: ingress and a profile of its own, and nothing that costs", () => {
    // apps/utils.py, rating_security: 5, +1 for apparmor.txt, +2 for ingress; host rights, roles and privileges are minuses.
    const profiles = read("addon/apparmor.txt").match(/^profile \S+/gm);
    expect(profiles).toEqual(["profile modbus_cadence"]);
    expect(config["ingress"]).toBe(true);
    const costly = [
      ...["privileged", "host_network", "host_pid", "host_ipc", "host_uts", "docker_api", "full_access"],
      ...["hassio_role", "kernel_modules", "apparmor"],
    ];
    for (const key of costly) expect(Object.keys(config)).not.toContain(key);
  });

  it("has a name and a text for every option in every language", () => {
    for (const language of ["en", "de"]) {
      const { configuration } = parse(read(`addon/translations/${language}.yaml`)) as {
        configuration: Record<string, { name: string; description: string }>;
      };
      expect(Object.keys(configuration), language).toEqual(Object.keys(config.schema));
      const names = Object.values(configuration).map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      for (const { name, description } of Object.values(configuration)) {
        expect(name).toMatch(/^\S.*\S$/);
        expect(description).toMatch(/\.$/);
      }
    }
  });

  it("has a changelog whose newest heading is its version", () => {
    const headings = [...read("addon/CHANGELOG.md").matchAll(/^# (\d\S*)$/gm)].map(([, heading]) => heading);
    expect(headings[0]).toBe(version);
  });

  it("has pictures of the sizes that Home Assistant shows", () => {
    const sizeOf = (name: string): readonly number[] => {
      const bytes = readFileSync(join(root, "addon", name));
      return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
    };
    expect(sizeOf("icon.png")).toEqual([128, 128]);
    expect(sizeOf("logo.png")).toEqual([250, 100]);
  });

  it("is the only file of the repository that the Supervisor takes for one", () => {
    const { stdout } = spawnSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
      cwd: root,
      encoding: "utf8",
    });
    const taken = stdout.split("\n").filter((path) => /(^|\/)config\.(ya?ml|json)$/.test(path));
    expect(taken).toEqual(["addon/config.yaml"]);
    const { name, url, maintainer } = parse(read("repository.yaml")) as Record<string, string>;
    expect([name, url, maintainer].every((text) => typeof text === "string" && text !== "")).toBe(true);
  });
});
