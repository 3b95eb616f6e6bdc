import { appendFileSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { exportStore } from "#app/export.ts";
import { importStore } from "#app/import.ts";
import { silentLogger } from "#core/logger.ts";
import { Storage } from "#storage/index.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";

let folder = new TemporaryFolder();
afterEach(() => {
  folder[Symbol.dispose]();
  folder = new TemporaryFolder();
});

const clock = new ManualClock();
const signal = new AbortController().signal;
const openStorage = (name: string): Promise<Storage> =>
  Storage.open({ at: folder.at(name), clock, logger: silentLogger, create: true });
const importInto = (name: string, from = "export") =>
  importStore({
    directory: folder.at(name),
    from: folder.at(from),
    clock,
    logger: silentLogger,
    signal,
    onProgress: () => undefined,
  });

async function exportTo(name: string, to: string): Promise<void> {
  await using storage = await openStorage(name);
  await exportStore({ storage, directory: folder.at(to), now: 0, signal, onProgress: () => undefined });
}

async function fill(name: string, from = 0): Promise<void> {
  await using storage = await openStorage(name);
  const states = ["21.50", "unavailable", 'a "b", c', "", "ж\u0000", "1e-05"];
  await storage.series.append(
    Array.from({ length: 3_000 }, (_, index) => ({
      series: `sensor.s${index % 7}`,
      time: from + index,
      state: states[index % states.length] as string,
    })),
  );
  const notes = storage.collection<unknown>({ name: "notes", version: 3 });
  await notes.put("numbers", {
    nan: Number.NaN,
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
    zero: 0,
    list: [1, null, "x"],
  });
  await notes.put("lists", {
    floats: Float32Array.of(0.1, Number.NaN, -7),
    counts: Uint32Array.of(4_000_000_000, 0),
    none: new Float64Array(),
    likeOne: { $array: "Function", values: [1] },
  });
  await notes.put("ключ", { text: "ж", $number: "not one" });
}

const backupsOf = (name: string): string[] =>
  readdirSync(folder.at(name, "backups")).filter((entry) => !entry.startsWith("lock"));
const namesOf = (name: string): string[] => readdirSync(folder.at(name)).toSorted();

describe("an export", () => {
  it("imported gives the same export again, to the byte", async () => {
    await fill("store");
    await exportTo("store", "export");
    expect(await importInto("other")).toMatchObject({ samples: 3_000, collections: ["notes"] });
    await exportTo("other", "again");
    expect(readFileSync(folder.at("again", "samples.csv"))).toEqual(readFileSync(folder.at("export", "samples.csv")));
    const notes = readFileSync(folder.at("again", "collections", "notes.jsonl"), "utf8");
    expect(notes).toBe(readFileSync(folder.at("export", "collections", "notes.jsonl"), "utf8"));
    expect(notes).toContain('"version":3');
    await using storage = await openStorage("other");
    expect(await storage.collection({ name: "notes", version: 3 }).get("lists")).toEqual({
      floats: Float32Array.of(0.1, Number.NaN, -7),
      counts: Uint32Array.of(4_000_000_000, 0),
      none: new Float64Array(),
      likeOne: { $array: "Function", values: [1] },
    });
  });

  it("replaces what the store held, which is kept as a backup", async () => {
    await fill("store");
    await exportTo("store", "export");
    await fill("other", 1_000_000);
    const { before } = await importInto("other");
    expect(before).toBeDefined();
    await exportTo("other", "again");
    expect(readFileSync(folder.at("again", "samples.csv"))).toEqual(readFileSync(folder.at("export", "samples.csv")));
    expect(backupsOf("other")).toEqual([before?.name]);
  });
});

describe("an export that is not whole", () => {
  const damage: Readonly<Record<string, () => void>> = {
    "has no manifest": () => rmSync(folder.at("export", "manifest.json")),
    "has a manifest that is no JSON": () => writeFileSync(folder.at("export", "manifest.json"), "{"),
    "is of another program": () =>
      writeFileSync(folder.at("export", "manifest.json"), '{"format":"zip","version":1,"files":[]}'),
    "lacks a file": () => rmSync(folder.at("export", "samples.csv")),
    "has a file that is longer": () => appendFileSync(folder.at("export", "samples.csv"), "sensor.x,1,2\n"),
    "has a file that differs in one byte": () => {
      const bytes = readFileSync(folder.at("export", "samples.csv"));
      bytes[200] = (bytes[200] as number) ^ 1;
      writeFileSync(folder.at("export", "samples.csv"), bytes);
    },
    "names a file outside itself": () => {
      const manifest = JSON.parse(readFileSync(folder.at("export", "manifest.json"), "utf8")) as {
        files: { path: string }[];
      };
      (manifest.files[0] as { path: string }).path = "../../../etc/passwd";
      writeFileSync(folder.at("export", "manifest.json"), JSON.stringify(manifest));
    },
  };

  it.each(Object.entries(damage))("because it %s is refused, and nothing is changed", async (_what, spoil) => {
    await fill("store");
    await exportTo("store", "export");
    await fill("other", 1_000_000);
    cpSync(folder.at("other"), folder.at("copy"), { recursive: true });
    spoil();
    await expect(importInto("other")).rejects.toMatchObject({ code: expect.stringMatching(/^SOURCE_/) as string });
    expect(namesOf("other")).toEqual(namesOf("copy"));
    await exportTo("other", "again");
    await exportTo("copy", "expected");
    expect(readFileSync(folder.at("again", "samples.csv"))).toEqual(readFileSync(folder.at("expected", "samples.csv")));
  });

  it("because it comes from a newer version is refused politely", async () => {
    await fill("store");
    await exportTo("store", "export");
    const path = folder.at("export", "manifest.json");
    writeFileSync(path, readFileSync(path, "utf8").replace('"version": 1', '"version": 2'));
    await expect(importInto("other")).rejects.toMatchObject({ code: "STORE_NEWER_FORMAT" });
  });

  it("because a line of it is no record is refused when it is built, and what was being built is gone", async () => {
    await fill("store");
    await exportTo("store", "export");
    const path = folder.at("export", "collections", "notes.jsonl");
    writeFileSync(path, '{"key":5}\n');
    const manifest = JSON.parse(readFileSync(folder.at("export", "manifest.json"), "utf8")) as {
      files: { path: string; bytes: number; sha256: string }[];
    };
    const { createHash } = await import("node:crypto");
    for (const file of manifest.files)
      if (file.path.endsWith("notes.jsonl"))
        Object.assign(file, { bytes: 10, sha256: createHash("sha256").update('{"key":5}\n').digest("hex") });
    writeFileSync(folder.at("export", "manifest.json"), JSON.stringify(manifest));
    await fill("other", 1_000_000);
    await expect(importInto("other")).rejects.toMatchObject({
      code: "SOURCE_UNREADABLE",
      message: expect.stringContaining("line 1") as string,
    });
    expect(backupsOf("other")).toEqual([]);
  });
});
