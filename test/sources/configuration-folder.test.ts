import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigurationFolder } from "#sources/configuration-folder.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cadence-configuration-"));
  mkdirSync(join(root, "config", "deep", "er"), { recursive: true });
  writeFileSync(join(root, "outside.yaml"), "secret");
  writeFileSync(join(root, "config", "a.yaml"), "a: 1\n");
  writeFileSync(join(root, "config", "deep", "er", "b.yaml"), "b: 1\n");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));
const folder = () => new ConfigurationFolder(join(root, "config"));

describe("the configuration's folder", () => {
  it("gives its files, and none from outside", async () => {
    symlinkSync(join(root, "outside.yaml"), join(root, "config", "link.yaml"));
    expect(await folder().read("a.yaml")).toBe("a: 1\n");
    for (const path of ["../outside.yaml", "deep/../../outside.yaml", "link.yaml", "no.yaml", "deep", "", "a.yaml/x"]) {
      expect(await folder().read(path)).toBeUndefined();
    }
    expect(await folder().list("deep")).toEqual(["deep/er/b.yaml"]);
    expect(await folder().list("..")).toEqual([]);
    expect(await folder().list("no")).toEqual([]);
  });

  it("gives no file whose bytes are no UTF-8, for they would be lost in writing, and keeps a byte order mark", async () => {
    writeFileSync(join(root, "config", "latin.yaml"), Buffer.from("name: K\xfcche\n", "latin1"));
    expect(await folder().read("latin.yaml")).toBeUndefined();
    await expect(folder().replace("latin.yaml", "name: K\ufffdche\n", "x", "now")).rejects.toMatchObject({
      code: "CONFIGURATION_CHANGED",
    });
    writeFileSync(join(root, "config", "bom.yaml"), "\uFEFFa: 1\n");
    expect(await folder().read("bom.yaml")).toBe("\uFEFFa: 1\n");
  });

  it("never writes over another backup", async () => {
    await folder().replace("a.yaml", "a: 1\n", "a: 2\n", "now");
    await expect(folder().replace("a.yaml", "a: 2\n", "a: 3\n", "now")).rejects.toMatchObject({
      code: "CONFIGURATION_NOT_WRITABLE",
    });
    expect(readFileSync(join(root, "config", "a.yaml.now.bak"), "utf8")).toBe("a: 1\n");
    expect(readFileSync(join(root, "config", "a.yaml"), "utf8")).toBe("a: 2\n");
  });

  it("gives no file of gigabytes", async () => {
    writeFileSync(join(root, "config", "large.yaml"), Buffer.alloc(5 * 1024 * 1024));
    expect(await folder().read("large.yaml")).toBeUndefined();
  });

  it("replaces a file in one step, and keeps the old one and its rights", async () => {
    chmodSync(join(root, "config", "a.yaml"), 0o640);
    const backup = await folder().replace("a.yaml", "a: 1\n", "a: 22\n", "now");
    expect(backup).toBe("a.yaml.now.bak");
    expect(readFileSync(join(root, "config", "a.yaml"), "utf8")).toBe("a: 22\n");
    expect(readFileSync(join(root, "config", backup), "utf8")).toBe("a: 1\n");
    expect(statSync(join(root, "config", "a.yaml")).mode & 0o777).toBe(0o640);
    expect(readdirSync(join(root, "config")).toSorted()).toEqual(["a.yaml", backup, "deep"]);
  });

  it("leaves a file alone that somebody has changed meanwhile", async () => {
    await expect(folder().replace("a.yaml", "a: 0\n", "a: 2\n", "now")).rejects.toMatchObject({
      code: "CONFIGURATION_CHANGED",
    });
    expect(readdirSync(join(root, "config")).toSorted()).toEqual(["a.yaml", "deep"]);
  });
});
