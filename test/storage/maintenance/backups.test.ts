import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { silentLogger } from "#core/logger.ts";
import { Backups, Storage } from "#storage/index.ts";
import { Subfolders } from "#storage/volume/subfolders.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { TemporaryFolder } from "../../support/temporary-folder.ts";
import { samplesOf } from "../../support/series-content.ts";

let folder = new TemporaryFolder();
afterEach(() => {
  folder[Symbol.dispose]();
  folder = new TemporaryFolder();
});

/** Folders in the folder of the backups. */
const foldersOf = (): string[] =>
  readdirSync(folder.at("store", "backups"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

const start = Date.UTC(2026, 10, 21, 6, 5, 0);
const clock = new ManualClock(start);
const directory = (): string => folder.at("store");
const openStorage = (): Promise<Storage> =>
  Storage.open({ at: directory(), clock, logger: silentLogger, create: true });
const newBackups = (): Backups => new Backups({ directory: directory(), clock, logger: silentLogger });

async function append(storage: Storage, from: number, count: number): Promise<void> {
  const samples = Array.from({ length: count }, (_, index) => ({
    series: `s${index % 5}`,
    time: from + index,
    state: String(from + index),
  }));
  await storage.series.append(samples);
}

describe("a backup", () => {
  it("is what the store held, also while the store is in use, and stays so whatever happens to the store", async () => {
    await using storage = await openStorage();
    await append(storage, 0, 3_000);
    await storage.series.flush();
    await append(storage, 3_000, 100);
    const expected = await samplesOf(storage);
    const backup = await newBackups().create();
    expect(backup).toMatchObject({ name: "2026-11-21T06-05-00Z", time: start });
    expect(backup.copied).toBeLessThan(backup.bytes);
    await append(storage, 10_000, 3_000);
    await storage.compact();
    await using copy = await Storage.open({
      at: folder.at("store", "backups", backup.name),
      clock,
      logger: silentLogger,
      readOnly: true,
    });
    expect(await samplesOf(copy)).toEqual(expected);
    expect((await newBackups().verify(backup.name)).faults).toEqual([]);
  });

  it("made while somebody writes holds whole batches and nothing else", async () => {
    await using storage = await openStorage();
    await append(storage, 0, 100);
    let writing = true;
    const writer = (async () => {
      for (let batch = 1; writing; batch += 1) await append(storage, batch * 100, 100);
    })();
    for (let round = 0; round < 5; round += 1) {
      const { name } = await newBackups().create();
      await using copy = await Storage.open({
        at: folder.at("store", "backups", name),
        clock,
        logger: silentLogger,
        readOnly: true,
      });
      const { samples } = copy.series.totals();
      expect(samples % 100).toBe(0);
      expect((await samplesOf(copy)).length).toBe(samples);
    }
    writing = false;
    await writer;
  });

  it("has its name only when it is whole: what an earlier process left unfinished is none, and goes", async () => {
    await using storage = await openStorage();
    await append(storage, 0, 10);
    mkdirSync(folder.at("store", "backups", ".unfinished"), { recursive: true });
    writeFileSync(folder.at("store", "backups", ".unfinished", "chunk-00000001"), "half");
    expect(await newBackups().list()).toEqual([]);
    const { name } = await newBackups().create();
    expect(foldersOf()).toEqual([name]);
  });

  it("of a store with faults is refused, and none is left", async () => {
    {
      await using storage = await openStorage();
      await append(storage, 0, 500);
      await storage.series.flush();
      await append(storage, 500, 500);
    }
    const chunk = readdirSync(directory()).find((name) => name.startsWith("chunk-")) as string;
    const bytes = readFileSync(folder.at("store", chunk));
    bytes[100] = (bytes[100] as number) ^ 1;
    writeFileSync(folder.at("store", chunk), bytes);
    await expect(newBackups().create()).rejects.toMatchObject({ code: "STORE_CORRUPT" });
    expect(foldersOf()).toEqual([]);
  });

  it("is made by one at a time", async () => {
    await using storage = await openStorage();
    await append(storage, 0, 3_000);
    {
      await using _other = await new Subfolders(folder.at("store", "backups")).lock();
      await expect(newBackups().create()).rejects.toMatchObject({ code: "STORE_LOCKED" });
      await expect(newBackups().prune({ newest: 1 })).rejects.toMatchObject({ code: "STORE_LOCKED" });
    }
    await newBackups().create();
    expect((await newBackups().list()).length).toBe(1);
  });

  it("of nothing is refused", async () => {
    await expect(newBackups().create()).rejects.toMatchObject({ code: "STORE_NOT_FOUND" });
  });
});

describe("backups", () => {
  it("are listed by time, foreign folders and links left out, and pruned from the oldest on", async () => {
    await using storage = await openStorage();
    await append(storage, 0, 10);
    const made: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      if (round !== 1) clock.jump(60_000);
      made.push((await newBackups().create()).name);
    }
    expect(made[1]).toBe(`${made[0]}-2`);
    mkdirSync(folder.at("mine"));
    writeFileSync(folder.at("mine", "letter"), "dear");
    symlinkSync(folder.at("mine"), folder.at("store", "backups", "2020-01-01T00-00-00Z"));
    mkdirSync(folder.at("store", "backups", "holiday-photos"));
    const backups = newBackups();
    expect((await backups.list()).map(({ name }) => name)).toEqual(made);
    expect((await backups.prune({ newest: 2 })).map(({ name }) => name)).toEqual(made.slice(0, 2));
    expect((await backups.list()).map(({ name }) => name)).toEqual(made.slice(2));
    expect(readFileSync(folder.at("mine", "letter"), "utf8")).toBe("dear");
    expect(readdirSync(folder.at("store", "backups"))).toContain("holiday-photos");
    await expect(backups.restore("2020-01-01T00-00-00Z")).rejects.toMatchObject({ code: "STORE_NOT_FOUND" });
    await expect(backups.restore("../../etc")).rejects.toMatchObject({ code: "STORE_NOT_FOUND" });
  });

  it("are kept by day and by week too", async () => {
    await using storage = await openStorage();
    await append(storage, 0, 10);
    // A Monday, 00:30.
    clock.jump(Date.UTC(2026, 10, 2, 0, 30) - clock.now());
    const made: number[] = [];
    for (let twelveHours = 0; twelveHours < 30; twelveHours += 1) {
      made.push((await newBackups().create()).time);
      clock.jump(12 * 3_600_000);
    }
    await newBackups().prune({ newest: 2, daily: 3, weekly: 2 });
    const days = (await newBackups().list()).map(({ time }) => new Date(time).toISOString().slice(0, 13));
    // The last of the week that ended on the 15th, the days 14, 15 and 16, of which the 16th has both that are newest.
    expect(days).toEqual(["2026-11-14T12", "2026-11-15T12", "2026-11-16T00", "2026-11-16T12"]);
    expect(made.length).toBe(30);
  });

  it("are found by time", async () => {
    await using storage = await openStorage();
    await append(storage, 0, 10);
    const backups = newBackups();
    const first = await backups.create();
    clock.jump(3_600_000);
    const second = await backups.create();
    expect((await backups.newest())?.name).toBe(second.name);
    expect((await backups.newest(second.time - 1))?.name).toBe(first.name);
    expect(await backups.newest(first.time - 1)).toBeUndefined();
  });
});

describe("restoring", () => {
  it("makes the store what the backup is, and keeps what it held as a backup", async () => {
    const backups = newBackups();
    let old: string[];
    let name: string;
    let newer: string[];
    {
      await using storage = await openStorage();
      await append(storage, 0, 2_000);
      await storage.series.flush();
      old = await samplesOf(storage);
      ({ name } = await backups.create());
      clock.jump(60_000);
      await append(storage, 50_000, 500);
      await storage.collection<string>({ name: "notes", version: 1 }).put("a", "new");
      newer = await samplesOf(storage);
    }
    const { before } = await backups.restore(name);
    {
      await using storage = await openStorage();
      expect(await samplesOf(storage)).toEqual(old);
      expect(await storage.collection<string>({ name: "notes", version: 1 }).get("a")).toBeUndefined();
      expect((await storage.verify()).ok).toBe(true);
      await append(storage, 90_000, 10);
    }
    expect(before).toBeDefined();
    await backups.restore(before?.name ?? "");
    await using storage = await openStorage();
    expect(await samplesOf(storage)).toEqual(newer);
    expect(await storage.collection<string>({ name: "notes", version: 1 }).get("a")).toBe("new");
  });

  it("a damaged backup is refused, and the store is left as it is", async () => {
    const backups = newBackups();
    let name: string;
    let expected: string[];
    {
      await using storage = await openStorage();
      await append(storage, 0, 500);
      ({ name } = await backups.create());
      expected = await samplesOf(storage);
    }
    const chunk = readdirSync(folder.at("store", "backups", name)).find((file) => file.startsWith("chunk-")) as string;
    const bytes = readFileSync(folder.at("store", "backups", name, chunk));
    bytes[90] = (bytes[90] as number) ^ 4;
    writeFileSync(folder.at("store", "backups", name, chunk), bytes);
    await expect(backups.restore(name)).rejects.toMatchObject({ code: "STORE_CORRUPT" });
    await using storage = await openStorage();
    expect(await samplesOf(storage)).toEqual(expected);
  });

  it("a store that is in use is refused", async () => {
    await using storage = await openStorage();
    await append(storage, 0, 10);
    const { name } = await newBackups().create();
    await expect(newBackups().restore(name)).rejects.toMatchObject({ code: "STORE_LOCKED" });
  });
});
