import { existsSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { zstdCompressSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { silentLogger } from "#core/logger.ts";
import { isCorruption } from "#core/errors.ts";
import { FileStore } from "#storage/backends/file-store.ts";
import { Batch } from "#storage/batch.ts";
import { decodeBatchFrame } from "#storage/chunk/batch-frame.ts";
import { decodeIndexFrame } from "#storage/chunk/chunk-index.ts";
import { decodeFrame, encodeFrame, type Frame, longestPayload } from "#storage/chunk/frame.ts";
import { ByteWriter } from "#storage/codec/byte-writer.ts";
import { decodeBlock } from "#storage/series/block.ts";
import { decodeRollUp } from "#storage/series/roll-up.ts";
import { Backups, MemoryVolume, openDiskVolume, Storage } from "#storage/index.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";

let folder = new TemporaryFolder();
afterEach(() => {
  folder[Symbol.dispose]();
  folder = new TemporaryFolder();
});
const common = { clock: new ManualClock(), logger: silentLogger };

/** What was thrown must be STORE_CORRUPT, and take no more memory than the bounds allow. */
function refuses(read: () => unknown, megabytes: number): void {
  const before = process.memoryUsage().arrayBuffers;
  expect(() => {
    try {
      read();
    } catch (error) {
      if (isCorruption(error)) throw new Error("damaged", { cause: error });
      throw error;
    }
  }).toThrow("damaged");
  expect((process.memoryUsage().arrayBuffers - before) / 1e6).toBeLessThan(megabytes);
}

describe("keys", () => {
  it("hold every byte, and are never names of files", async () => {
    const directory = folder.at("store");
    {
      await using storage = await Storage.open({ ...common, at: directory, create: true });
      const notes = storage.collection<string>({ name: "notes", version: 1 });
      const keys = ["../../outside", "/etc/passwd", "..", "a\0b", "C:\\windows", "\u0001", "ü".repeat(200), ""];
      for (const key of keys) await notes.put(key, key);
      for (const key of keys) expect(await notes.get(key)).toBe(key);
      await storage.series.append([{ series: "../../outside", time: 1, state: "1" }]);
    }
    expect(readdirSync(folder.path)).toEqual(["store"]);
    const store = await FileStore.open({ ...common, volume: new MemoryVolume() });
    const batch = new Batch();
    for (let byte = 0; byte < 256; byte += 1) batch.put(Uint8Array.of(byte, 255 - byte), Uint8Array.of(byte));
    await store.write(batch);
    for (let byte = 0; byte < 256; byte += 1)
      expect(await store.get(Uint8Array.of(byte, 255 - byte))).toEqual(Uint8Array.of(byte));
  });

  it("that are too long, and names of collections that are none, are refused", async () => {
    await using storage = await Storage.open({ ...common, at: new MemoryVolume() });
    const notes = storage.collection<string>({ name: "notes", version: 1 });
    await expect(notes.put("x".repeat(2_000), "1")).rejects.toMatchObject({ code: "STORE_KEY_INVALID" });
    expect(() => storage.collection({ name: "../notes", version: 1 })).toThrow("is not a name of a collection");
  });
});

describe("names of files", () => {
  it("never leave the folder", async () => {
    const volume = await openDiskVolume(folder.at("volume"), { create: true });
    for (const name of ["../outside", "a/b", "..", ".", "", "a\0b", "a\\b"]) {
      await expect(volume.create(name), name).rejects.toMatchObject({ code: "STORE_IO" });
      await expect(volume.openForRead(name), name).rejects.toMatchObject({ code: "STORE_IO" });
    }
    expect(existsSync(folder.at("outside"))).toBe(false);
  });
});

describe("bytes that would be huge when they are unpacked", () => {
  const bomb = (megabytes: number): Uint8Array => zstdCompressSync(new Uint8Array(megabytes * 1_048_576));
  const framed = (kind: 1 | 2, megabytes: number): Frame =>
    decodeFrame(encodeFrame({ kind, codec: 1, sequence: 1, payload: bomb(megabytes) })) as Frame;

  it("are refused in frames, indexes, columns and roll-ups", () => {
    refuses(() => decodeBatchFrame(framed(1, 200), 0), 250);
    refuses(() => decodeIndexFrame(framed(2, 200)), 250);
    const column = new ByteWriter();
    // A block of four samples whose first column claims to be packed planes.
    column.u8(2).varint(4).u8(0).zigzag(0).varint(1).u8(3).sized(bomb(100));
    refuses(() => decodeBlock(column.finish()), 120);
    refuses(
      () =>
        decodeBlock(
          new ByteWriter()
            .u8(2)
            .varint(2 ** 40)
            .finish(),
        ),
      10,
    );
    refuses(
      () =>
        decodeRollUp(
          new ByteWriter()
            .u8(1)
            .varint(60_000)
            .u8(0)
            .varint(2 ** 45)
            .finish(),
        ),
      10,
    );
  });

  it("are no frame at all when their declared length is", () => {
    const bytes = encodeFrame({ kind: 1, codec: 0, sequence: 1, payload: new Uint8Array(10) });
    new DataView(bytes.buffer).setUint32(4, longestPayload + 1, true);
    expect(decodeFrame(bytes)).toBeUndefined();
  });
});

describe("folders that are not what they seem", () => {
  it("a backup that is a link is no backup", async () => {
    const directory = folder.at("store");
    {
      await using storage = await Storage.open({ ...common, at: directory, create: true });
      await storage.series.append([{ series: "a", time: 1, state: "1" }]);
    }
    const backups = new Backups({ ...common, directory });
    await backups.create();
    symlinkSync(dirname(directory), folder.at("store/backups/2030-01-01T00-00-00Z"));
    expect((await backups.list()).length).toBe(1);
    await expect(backups.restore("2030-01-01T00-00-00Z")).rejects.toMatchObject({ code: "STORE_NOT_FOUND" });
    await expect(backups.verify("../..")).rejects.toMatchObject({ code: "STORE_NOT_FOUND" });
  });

  it("a manifest of another store takes nothing away", async () => {
    const make = async (name: string, value: string): Promise<MemoryVolume> => {
      const volume = new MemoryVolume();
      await using storage = await Storage.open({ ...common, at: volume });
      await storage.series.append([{ series: name, time: 1, state: value }]);
      await storage.series.flush();
      return volume;
    };
    const [mine, other] = [await make("mine", "1"), await make("other", "2")];
    const right = mine.content("manifest");
    mine.setContent("manifest", other.content("manifest"));
    const before = (await mine.list()).filter((name) => name.startsWith("chunk-"));
    {
      await using storage = await Storage.open({ ...common, at: mine });
      expect((await storage.verify()).faults.map(({ code }) => code)).toContain("HEADER");
    }
    expect(await mine.list()).toEqual(expect.arrayContaining(before));
    mine.setContent("manifest", right);
    await using storage = await Storage.open({ ...common, at: mine });
    expect(storage.series.last("mine")?.state).toBe("1");
  });

  it("a folder full of other people's files is left as it is", async () => {
    const directory = folder.at("store");
    await openDiskVolume(directory, { create: true });
    for (const name of ["holiday.jpg", "chunk-1", "manifest.txt", "chunk-00000001.bak"])
      writeFileSync(folder.at(`store/${name}`), "mine");
    {
      await using storage = await Storage.open({ ...common, at: directory });
      await storage.series.append([{ series: "a", time: 1, state: "1" }]);
      await storage.compact();
    }
    expect(readdirSync(directory)).toEqual(
      expect.arrayContaining(["holiday.jpg", "chunk-1", "manifest.txt", "chunk-00000001.bak"]),
    );
  });
});
