import { createHash } from "node:crypto";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { silentLogger } from "#core/logger.ts";
import { decodeManifest } from "#storage/chunk/manifest.ts";
import { formatVersion } from "#storage/chunk/chunk-format.ts";
import { Backups, Storage } from "#storage/index.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";

const golden = join(import.meta.dirname, "..", "golden", "stores");
/** SHA-256 of what each store held when it was written, a line a sample: [series, time, state]. */
const contents: Readonly<Record<string, string>> = {
  "format-1": "893a52ff30bfaa5c8adb2cd63ac036522e7d570f0d62b08c57e2f495d8866b61",
};

let folder = new TemporaryFolder();
afterEach(() => {
  folder[Symbol.dispose]();
  folder = new TemporaryFolder();
});

function copyOf(name: string): string {
  cpSync(join(golden, name), folder.path, { recursive: true });
  return folder.path;
}

const common = { clock: new ManualClock(), logger: silentLogger };
const open = (at: string, readOnly = false): Promise<Storage> => Storage.open({ ...common, at, readOnly });

async function contentOf(storage: Storage): Promise<string> {
  const hash = createHash("sha256");
  for (const name of storage.series.names())
    for await (const { times, states } of storage.series.read(name))
      for (const [index, state] of states.toArray().entries())
        hash.update(`${JSON.stringify([name, times[index], state])}\n`);
  return hash.digest("hex");
}

function bytesOf(path: string): Record<string, string> {
  const files = readdirSync(path).filter((name) => name.startsWith("chunk") || name === "manifest");
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(path, name)).toString("base64")]));
}

const versionOf = (path: string): number | undefined =>
  decodeManifest(new Uint8Array(readFileSync(join(path, "manifest"))))?.version;

describe("a store of an older format", () => {
  it("is kept for every version before this one", () => {
    expect(Object.keys(contents)).toEqual(
      Array.from({ length: formatVersion - 1 }, (_, index) => `format-${index + 1}`),
    );
    expect(readdirSync(golden)).toEqual(Object.keys(contents));
  });

  it.each(Object.entries(contents))("%s is read as it is, and not changed by reading", async (name, content) => {
    const path = copyOf(name);
    const before = bytesOf(path);
    await using storage = await open(path, true);
    expect(await contentOf(storage)).toBe(content);
    expect((await storage.verify()).faults).toEqual([]);
    expect(bytesOf(path)).toEqual(before);
    expect(readdirSync(path)).not.toContain("backups");
  });

  it.each(Object.entries(contents))(
    "%s is backed up once, and then holds the same in the new format",
    async (name, content) => {
      const path = copyOf(name);
      {
        await using storage = await open(path);
        expect(await contentOf(storage)).toBe(content);
      }
      expect(versionOf(path)).toBe(formatVersion);
      const backups = await new Backups({ ...common, directory: path }).list();
      expect(backups.length).toBe(1);
      expect(bytesOf(join(path, "backups", backups[0]?.name ?? ""))).toMatchObject({
        manifest: expect.any(String) as string,
      });
      {
        await using backup = await open(join(path, "backups", backups[0]?.name ?? ""), true);
        expect(await contentOf(backup)).toBe(content);
      }
      {
        await using storage = await open(path);
        await storage.compact();
        expect(await contentOf(storage)).toBe(content);
        const stats = storage.collection<{ a: number; at: Date }>({ name: "entity-stats", version: 1 });
        expect(await stats.get("sensor.grid")).toMatchObject({ a: 1, at: new Date(5) });
        expect(await stats.get("sensor.gone")).toBeUndefined();
      }
      await using storage = await open(path);
      expect(await contentOf(storage)).toBe(content);
      expect((await new Backups({ ...common, directory: path }).list()).length).toBe(1);
    },
  );
});
