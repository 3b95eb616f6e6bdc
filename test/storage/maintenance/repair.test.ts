import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { silentLogger } from "#core/logger.ts";
import { Backups, Storage } from "#storage/index.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { seeded } from "../../support/random.ts";
import { TemporaryFolder } from "../../support/temporary-folder.ts";
import { samplesOf } from "../../support/series-content.ts";

let folder = new TemporaryFolder();
afterEach(() => {
  folder[Symbol.dispose]();
  folder = new TemporaryFolder();
});

const common = { clock: new ManualClock(), logger: silentLogger };
const open = (): Promise<Storage> => Storage.open({ ...common, at: folder.path, create: true });
const backups = (): Backups => new Backups({ ...common, directory: folder.path });

const random = seeded(6);
const samples = Array.from({ length: 12_000 }, (_, index) => ({
  series: index % 2 === 0 ? "sensor.a" : "sensor.b",
  time: index * 60_000,
  state: String(Math.floor(random() * 1e6)),
}));

/** A store with two chunks of blocks, and a note. */
async function newStore(): Promise<string[]> {
  await using storage = await open();
  await storage.series.append(samples.slice(0, 6_000));
  await storage.series.flush();
  await storage.series.append(samples.slice(6_000));
  await storage.series.flush();
  await storage.collection<string>({ name: "notes", version: 1 }).put("a", "b");
  const content = await samplesOf(storage);
  return content;
}

/** Bytes in the middle of the largest chunk are turned over. Links are broken first: a backup shares its bytes. */
function damage(): string {
  const chunks = readdirSync(folder.path).filter((name) => name.startsWith("chunk-"));
  const sized = chunks.map((name) => ({ name, bytes: readFileSync(folder.at(name)) }));
  const { name, bytes } = sized.toSorted((a, b) => b.bytes.length - a.bytes.length)[0] as (typeof sized)[0];
  rmSync(folder.at(name));
  for (let offset = 300; offset < 340; offset += 1) bytes[offset] = (bytes[offset] as number) ^ 0x55;
  writeFileSync(folder.at(name), bytes);
  return name;
}

describe("a repair", () => {
  it("takes what cannot be read from the newest backup that has it", async () => {
    const content = await newStore();
    await backups().create();
    const chunk = damage();
    await using storage = await open();
    expect((await storage.verify()).faults.length).toBe(1);
    expect((await samplesOf(storage)).length).toBeLessThan(content.length);
    const report = await storage.repair(backups());
    expect(report).toMatchObject({ faults: 1, lost: [], left: 0 });
    expect(report.filled[0]).toMatch(/^[\d,]+ values of sensor\.[ab] from 1970-01-01 .* UTC$/);
    expect(await samplesOf(storage)).toEqual(content);
    expect((await storage.verify()).faults).toEqual([]);
    // The damaged bytes are kept for a person to look at; the chunk they stood in is gone.
    expect(readdirSync(folder.path).filter((name) => name.startsWith(`damaged-${chunk}-`)).length).toBe(1);
    expect(readdirSync(folder.path)).not.toContain(chunk);
  });

  it("says in words what no backup has, and leaves the store whole without it", async () => {
    const content = await newStore();
    damage();
    {
      await using storage = await open();
      const report = await storage.repair(backups());
      expect(report.filled).toEqual([]);
      expect(report.lost.length).toBeGreaterThan(0);
      expect(report.left).toBe(0);
      const left = await samplesOf(storage);
      expect(left.length).toBeLessThan(content.length);
      expect(content.filter((line) => left.includes(line)).length).toBe(left.length);
      // Whoever has the samples may append them again.
      await storage.series.append(samples);
      expect((await samplesOf(storage)).toSorted()).toEqual(content.toSorted());
    }
    await using reopened = await open();
    expect((await reopened.verify()).faults).toEqual([]);
    expect(await reopened.collection<string>({ name: "notes", version: 1 }).get("a")).toBe("b");
  });

  it("passes over a backup that is damaged itself", async () => {
    const content = await newStore();
    const { name } = await backups().create();
    cpSync(folder.at(`backups/${name}`), folder.at("backups/2099-01-01T00-00-00Z"), { recursive: true });
    for (const file of readdirSync(folder.at("backups/2099-01-01T00-00-00Z")))
      writeFileSync(join(folder.at("backups/2099-01-01T00-00-00Z"), file), "nothing of any use");
    damage();
    await using storage = await open();
    expect((await storage.repair(backups())).lost).toEqual([]);
    expect(await samplesOf(storage)).toEqual(content);
  });

  it("drops a chunk that is missing from the manifest, so that the store is whole again", async () => {
    await newStore();
    const chunk = readdirSync(folder.path).find((name) => name.startsWith("chunk-")) as string;
    rmSync(folder.at(chunk));
    await using storage = await open();
    expect((await storage.verify()).faults[0]).toMatchObject({ file: chunk, code: "MISSING" });
    expect(await storage.repair(backups())).toMatchObject({ faults: 1, left: 0 });
    expect((await storage.verify()).ok).toBe(true);
  });

  it("changes nothing in a store without faults", async () => {
    await newStore();
    await using storage = await open();
    expect(await storage.repair(backups())).toEqual({ faults: 0, filled: [], lost: [], left: 0 });
  });
});
