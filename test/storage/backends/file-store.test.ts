import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CadenceError } from "#core/errors.ts";
import { silentLogger } from "#core/logger.ts";
import { Batch } from "#storage/batch.ts";
import { FileStore, type FileStoreOptions } from "#storage/backends/file-store.ts";
import { openDiskVolume } from "#storage/volume/disk-volume.ts";
import { MemoryVolume, type VolumeOperation } from "#storage/volume/memory-volume.ts";
import type { Entry } from "#storage/store.ts";
import type { Volume, VolumeFile } from "#storage/volume/volume.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { crashRound } from "../../support/crash-round.ts";
import { contentOf, entriesOf } from "../../support/store-content.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const put = (key: string, value: string): Batch => new Batch().put(text(key), text(value));

function open(volume: Volume, options: Partial<FileStoreOptions> = {}): Promise<FileStore> {
  return FileStore.open({ volume, clock: new ManualClock(), logger: silentLogger, reservedBytes: 0, ...options });
}

function over<Target extends object>(target: Target, changed: Partial<Target>): Target {
  return new Proxy(target, {
    get: (of, name) => {
      const value = Reflect.get(name in changed ? changed : of, name, of) as unknown;
      return typeof value === "function" ? (value as () => unknown).bind(of) : value;
    },
  });
}

/** A volume of whose files some calls are others. */
function withFiles(volume: Volume, changed: (file: VolumeFile) => Partial<VolumeFile>): Volume {
  return over(volume, {
    create: async (name) => {
      const file = await volume.create(name);
      return over(file, changed(file));
    },
  });
}

/** A volume whose files wait before they sync. */
function withSlowSync(volume: Volume, wait: () => Promise<void>): Volume {
  return withFiles(volume, (file) => ({ sync: () => wait().then(() => file.sync()) }));
}

describe("what is acknowledged", () => {
  it("is there after a crash of the process, and after power loss once synced", async () => {
    const volume = new MemoryVolume();
    const store = await open(volume);
    await store.write(put("synced", "1"));
    await store.sync();
    await store.write(put("on its way", "2"));
    const afterPowerLoss = await open(volume.crash(() => 0));
    expect([...(await contentOf(afterPowerLoss)).keys()]).toEqual(["synced"]);
  });

  it("is synced by itself after the commit interval", async () => {
    const volume = new MemoryVolume();
    const clock = new ManualClock();
    const store = await open(volume, { clock, commitInterval: 10_000 });
    await store.write(put("a", "1"));
    await clock.advance(10_000);
    expect(store.inspect().lastCommitAt).toBe(clock.now());
    expect((await contentOf(await open(volume.crash(() => 0)))).get("a")).toBe("1");
  });
});

describe("random operations with power cuts", () => {
  const rounds = 500;
  const first = 20_261_120;
  it(`lose nothing that was synced, and leave no batch half (seeds ${first} to ${first + rounds - 1})`, async () => {
    for (let seed = first; seed < first + rounds; seed += 1) await crashRound(seed);
  });
});
describe("damage", () => {
  it("of any bit of a small store is found, and never gives a wrong value", async () => {
    const volume = new MemoryVolume();
    const store = await open(volume, { chunkBytes: 200 });
    for (let index = 0; index < 12; index += 1) await store.write(put(`key${index % 5}`, `value ${index}`));
    await store.bulk(put("bulk", "block"));
    const expected = await contentOf(store);
    await store.close();
    for (const name of await volume.list()) {
      const original = volume.content(name);
      for (let position = 0; position < original.length; position += 1) {
        for (let bit = 0; bit < 8; bit += 1) {
          const damaged = original.slice();
          damaged[position] = (damaged[position] as number) ^ (1 << bit);
          const copy = volume.crash(() => 0.99);
          copy.setContent(name, damaged);
          await checkDamaged(copy, expected, `${name} at ${position}, bit ${bit}`);
        }
      }
    }
  });

  it("in the middle of a chunk costs its frame alone, is put aside and is reported", async () => {
    const volume = new MemoryVolume();
    const store = await open(volume, { commitInterval: 0 });
    for (let index = 0; index < 5; index += 1) await store.write(put(`key${index}`, `value ${index}`));
    const name = "chunk-00000001";
    const bytes = volume.content(name);
    const position = Buffer.from(bytes).indexOf("value 2");
    bytes[position] = (bytes[position] as number) ^ 1;
    const copy = volume.crash(() => 0.99);
    copy.setContent(name, bytes);
    const reopened = await open(copy);
    expect([...(await contentOf(reopened)).keys()]).toEqual(["key0", "key1", "key3", "key4"]);
    expect(reopened.recovery.damaged).toHaveLength(1);
    expect((await copy.list()).some((file) => file.startsWith("damaged-chunk-00000001-"))).toBe(true);
    await reopened.write(put("after", "1"));
    expect((await contentOf(await open(copy.crash(() => 0.99)))).size).toBe(5);
  });

  it("of the manifest costs nothing", async () => {
    const volume = new MemoryVolume();
    const store = await open(volume, { chunkBytes: 100 });
    for (let index = 0; index < 8; index += 1) await store.write(put(`key${index}`, `value ${index}`));
    await store.bulk(put("bulk", "block"));
    await store.sync();
    for (const content of [new Uint8Array(0), new Uint8Array(50)]) {
      const copy = volume.crash(() => 0.99);
      copy.setContent("manifest", content);
      const reopened = await open(copy);
      expect(reopened.recovery.manifestRebuilt).toBe(true);
      expect((await contentOf(reopened)).size).toBe(9);
    }
  });
});

/** Every value is right or missing; when something is missing, verify says so. */
async function checkDamaged(volume: MemoryVolume, expected: ReadonlyMap<string, string>, where: string): Promise<void> {
  const store = await open(volume, { readOnly: true });
  let lost = 0;
  for (const [key, value] of expected) {
    const found = await store.get(text(key)).catch((error: unknown) => {
      expect(error, where).toMatchObject({ code: "STORE_CORRUPT" });
      return undefined;
    });
    if (found === undefined) lost += 1;
    else if (Buffer.from(found).toString() !== value) lost += 1;
  }
  const report = await store.verify();
  if (lost > 0) expect(report.ok, `${where}: ${lost} lost and not found`).toBe(false);
}

describe("a torn tail", () => {
  it("is cut off before anything is written behind it", async () => {
    const volume = new MemoryVolume();
    const store = await open(volume, { commitInterval: 0 });
    await store.write(put("a", "1"));
    const name = "chunk-00000001";
    const whole = volume.content(name);
    await store.write(put("b", "2"));
    const torn = volume.content(name).subarray(0, whole.length + 9);
    const copy = volume.crash(() => 0.99);
    copy.setContent(name, torn);
    const reopened = await open(copy, { commitInterval: 0 });
    expect(reopened.recovery.tornBytes).toBe(9);
    await reopened.write(put("c", "3"));
    expect([...(await contentOf(await open(copy.crash(() => 0)))).keys()]).toEqual(["a", "c"]);
  });
});

describe("a failing disk", () => {
  it("refuses with one clear error at any operation, loses nothing, and goes on when the cause is gone", async () => {
    for (let failing = 0; failing < 40; failing += 1) {
      let operations = 0;
      let broken = false;
      const onOperation = (): void => {
        operations += 1;
        if (broken && operations > failing) throw new CadenceError("STORE_FULL", "The disk is full.");
      };
      const volume = new MemoryVolume({ onOperation });
      const store = await open(volume, { chunkBytes: 150, commitInterval: 0 });
      await store.write(put("before", "1"));
      operations = 0;
      broken = true;
      const acknowledged = new Map([["before", "1"]]);
      for (let index = 0; index < 6; index += 1) {
        const work =
          index === 3 ? store.bulk(put(`k${index}`, "x".repeat(40))) : store.write(put(`k${index}`, "x".repeat(40)));
        await work.then(
          () => acknowledged.set(`k${index}`, "x".repeat(40)),
          (error: unknown) => expect(error).toMatchObject({ code: "STORE_FULL" }),
        );
      }
      expect(await contentOf(store), `failing ${failing}`).toEqual(acknowledged);
      broken = false;
      await store.write(put("after", "2"));
      expect(store.inspect().status).toBe("ok");
      acknowledged.set("after", "2");
      expect(await contentOf(await open(volume.crash(() => 0))), `failing ${failing}`).toEqual(acknowledged);
    }
  });
});

describe("a full disk", () => {
  it("is told of until there is room for what was refused, whatever small things it takes meanwhile", async () => {
    let free = 500;
    const memory = new MemoryVolume({
      onOperation: ({ kind, bytes = 0 }) => {
        if (kind === "write" && bytes > free) throw new CadenceError("STORE_FULL", "The disk is full.");
      },
    });
    const store = await open(over<Volume>(memory, { freeBytes: () => Promise.resolve(free) }));
    await store.write(put("before", "1"));
    await expect(store.write(put("large", "x".repeat(2_000)))).rejects.toMatchObject({ code: "STORE_FULL" });
    await store.write(put("small", "2"));
    expect(store.inspect()).toMatchObject({ status: "full", cause: "The disk is full." });
    free = 10_000;
    await store.write(put("after", "3"));
    expect(store.inspect().status).toBe("ok");
    expect([...(await contentOf(store)).keys()]).toEqual(["after", "before", "small"]);
  });
});

describe("group commit", () => {
  it("writes what comes while a group is on its way as one frame with one sync, in order", async () => {
    const log: string[] = [];
    const volume = new MemoryVolume({ onOperation: ({ kind, name }) => void log.push(`${kind} ${name}`) });
    const store = await open(volume, { commitInterval: 0 });
    await store.write(put("begin", "0"));
    log.length = 0;
    const acknowledged: number[] = [];
    const writes = Array.from({ length: 50 }, async (_, index) => {
      await store.write(put("same", String(index)));
      acknowledged.push(index);
    });
    await Promise.all(writes);
    expect(log.filter((line) => line.startsWith("sync")).length).toBeLessThanOrEqual(2);
    expect(acknowledged).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect((await contentOf(store)).get("same")).toBe("49");
    const reopened = await open(volume.crash(() => 0));
    expect((await contentOf(reopened)).get("same")).toBe("49");
  });

  it("takes no more than a bounded number of batches that wait", async () => {
    const store = await open(new MemoryVolume());
    const results = await Promise.allSettled(
      Array.from({ length: 10_050 }, (_, index) => store.write(put(`k${index}`, "v"))),
    );
    const refused = results.filter(({ status }) => status === "rejected") as PromiseRejectedResult[];
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused.map(({ reason }) => (reason as CadenceError).code))).toEqual(new Set(["QUEUE_FULL"]));
    expect((await contentOf(store)).size).toBe(10_050 - refused.length);
  });

  it("is finished before the store closes", async () => {
    const volume = new MemoryVolume();
    const store = await open(volume);
    const writes = Array.from({ length: 20 }, (_, index) => store.write(put(`k${index}`, "v")));
    await store.close();
    await Promise.all(writes);
    expect((await contentOf(await open(volume.crash(() => 0)))).size).toBe(20);
  });
});

describe("the order of file operations", () => {
  it("is the documented one for commit, seal and bulk", async () => {
    const log: string[] = [];
    const say = ({ kind, name, to }: VolumeOperation): void =>
      void log.push([kind, name, to].filter((part) => part !== undefined && part !== "").join(" "));
    const store = await open(new MemoryVolume({ onOperation: say }), {
      commitInterval: 0,
      chunkBytes: 100,
      reservedBytes: 50,
    });
    const during = async (work: () => Promise<unknown>): Promise<string[]> => {
      log.length = 0;
      await work();
      return [...log];
    };
    const manifest = [
      "create manifest.new",
      "write manifest.new",
      "sync manifest.new",
      "rename manifest.new manifest",
      "sync-directory",
    ];
    const newLog = (id: string): string[] => [
      `create chunk-${id}`,
      `write chunk-${id}`,
      `sync chunk-${id}`,
      "sync-directory",
    ];
    const begin = (id: string): string[] => [...newLog(id), ...manifest];
    expect(await during(() => store.write(put("first", "x".repeat(100))))).toEqual([
      ...begin("00000001"),
      "reserve chunk-00000001",
      "write chunk-00000001",
      "sync chunk-00000001",
    ]);
    expect(await during(() => store.write(put("second", "1")))).toEqual([
      "reserve chunk-00000001",
      "write chunk-00000001",
      "truncate chunk-00000001",
      "sync chunk-00000001",
      ...begin("00000002"),
      "reserve chunk-00000002",
      "write chunk-00000002",
      "sync chunk-00000002",
    ]);
    // Nothing but the write itself, and its sync, as long as there is room.
    expect(await during(() => store.write(put("2", "1")))).toEqual(["write chunk-00000002", "sync chunk-00000002"]);
    expect(await during(() => store.bulk(new Batch().delete(text("first")).put(text("third"), text("3"))))).toEqual([
      // The new log is on the disk before the writes are held up.
      ...newLog("00000004"),
      "reserve chunk-00000002",
      "write chunk-00000002",
      "truncate chunk-00000002",
      "sync chunk-00000002",
      ...manifest,
      "create chunk-00000003",
      "write chunk-00000003",
      "write chunk-00000003",
      "write chunk-00000003",
      "truncate chunk-00000003",
      "sync chunk-00000003",
      "sync-directory",
      ...manifest,
      "remove chunk-00000001",
    ]);
  });
});

describe("a bulk write beside others", () => {
  it("whose new log is overtaken by another one gets new ids, and stands where it should", async () => {
    const operations: string[] = [];
    let during: Promise<void> | undefined;
    const volume = new MemoryVolume({
      onOperation: ({ kind, name }) => {
        operations.push(`${kind} ${name}`);
        // While the bulk's log (chunk 3) is made, the open log is found full.
        if (kind === "create" && name === "chunk-00000003") during = store.write(put("meanwhile", "x".repeat(400)));
      },
    });
    const store = await open(volume, { chunkBytes: 300 });
    await store.write(put("before", "x".repeat(400)));
    await store.bulk(put("bulk", "1").put(text("meanwhile"), text("older")));
    await during;
    await store.write(put("after", "1"));
    expect(operations).toContain("remove chunk-00000003");
    const expected = [
      ["after", "1"],
      ["before", "x".repeat(400)],
      ["bulk", "1"],
      ["meanwhile", "older"],
    ];
    expect([...(await contentOf(store))]).toEqual(expected);
    expect((await store.verify()).faults).toEqual([]);
    await store.sync();
    expect([...(await contentOf(await open(volume.crash(() => 0))))]).toEqual(expected);
  });

  it("and a sync on a slow disk hold no write up", async () => {
    const gate = Promise.withResolvers<void>();
    let slow = false;
    const volume = withSlowSync(new MemoryVolume(), () => (slow ? gate.promise : Promise.resolve()));
    const store = await open(volume);
    await store.write(put("a", "1"));
    slow = true;
    const syncing = store.sync();
    await store.write(put("b", "2"));
    expect([...(await contentOf(store)).keys()]).toEqual(["a", "b"]);
    gate.resolve();
    await syncing;
    await store.close();
  });

  it("never leave more than a megabyte to the next commit", async () => {
    const clock = new ManualClock();
    const volume = new MemoryVolume();
    const store = await open(volume, { clock, commitInterval: 10_000 });
    for (const key of ["a", "b", "c"]) await store.write(put(key, "x".repeat(400_000)));
    await clock.advance(0);
    await store.write(put("small", "1"));
    await clock.advance(9_000);
    expect([...(await contentOf(await open(volume.crash(() => 0)))).keys()]).toEqual(["a", "b", "c"]);
  });
});

describe("replacing everything", () => {
  it("leaves what was given and what was written meanwhile, and nothing of what was there", async () => {
    const volume = new MemoryVolume();
    const store = await open(volume, { chunkBytes: 100 });
    for (let number = 0; number < 20; number += 1) await store.write(put(`old ${number}`, "x".repeat(20)));
    await store.write(new Batch().delete(text("old 3")));
    await store.bulk(put("old 5", "moved"));
    const content = new Map([
      ["old 3", "back"],
      ["new", "1"],
      ["overtaken", "given"],
    ]);
    async function* given(): AsyncGenerator<Entry> {
      yield* entriesOf(content);
      await store.write(put("overtaken", "meanwhile"));
    }
    expect(await store.replaceContent(given())).toBe(3);
    const expected = [
      ["new", "1"],
      ["old 3", "back"],
      ["overtaken", "meanwhile"],
    ];
    expect([...(await contentOf(store))]).toEqual(expected);
    expect(await store.compact(1)).toBeGreaterThan(0);
    expect([...(await contentOf(await open(volume.crash(() => 0))))]).toEqual(expected);
  });

  it("leaves everything as it was when what is given breaks off", async () => {
    const volume = new MemoryVolume();
    const store = await open(volume);
    await store.write(put("old", "1"));
    async function* broken(): AsyncGenerator<Entry> {
      yield* entriesOf(new Map([["new", "1"]]));
      throw new CadenceError("STORE_IO", "The source is gone.");
    }
    await expect(store.replaceContent(broken())).rejects.toThrow("The source is gone.");
    expect([...(await contentOf(store))]).toEqual([["old", "1"]]);
    expect([...(await contentOf(await open(volume.crash(() => 0.99))))]).toEqual([["old", "1"]]);
  });

  it("writes what it is given as it comes, so that only some megabytes of it are held", async () => {
    const store = await open(new MemoryVolume());
    const size = 256 * 1024;
    let mostHeld = 0;
    async function* large(): AsyncGenerator<Entry> {
      for (let number = 0; number < 100; number += 1) {
        mostHeld = Math.max(mostHeld, number * size - store.inspect().bytesWritten);
        yield await Promise.resolve({ key: text(String(number)), value: new Uint8Array(size).fill(number) });
      }
    }
    expect(await store.replaceContent(large())).toBe(100);
    expect(mostHeld).toBeLessThan(2 * 1024 * 1024);
  });
});

describe("compacting", () => {
  it("leaves a chunk with a damaged value as it is, and carries all others", async () => {
    const volume = new MemoryVolume();
    const store = await open(volume, { commitInterval: 0, chunkBytes: 1_000 });
    for (let number = 10; number < 50; number += 1) await store.write(put(`key ${number}`, `${number}`.repeat(100)));
    const sealed = "chunk-00000002";
    const bytes = volume.content(sealed);
    const position = Buffer.from(bytes).indexOf("151515");
    expect(position).toBeGreaterThan(0);
    bytes[position] = (bytes[position] as number) ^ 1;
    const copy = volume.crash(() => 0.99);
    copy.setContent(sealed, bytes);
    const reopened = await open(copy, { chunkBytes: 1_000 });
    await reopened.compact(1);
    expect(Buffer.from(copy.content(sealed)).equals(Buffer.from(bytes))).toBe(true);
    const names = await copy.list();
    expect(names.filter((name) => name.startsWith("chunk-")).length).toBeLessThan(5);
    const last = await open(copy.crash(() => 0.99));
    for (let number = 10; number < 50; number += 1) {
      const got = last.get(text(`key ${number}`));
      if (number === 15) await expect(got).rejects.toMatchObject({ code: "STORE_CORRUPT" });
      else expect(Buffer.from((await got) ?? []).toString()).toBe(`${number}`.repeat(100));
    }
    expect(await copy.list()).toEqual(names);
  });

  it("holds only some megabytes of what it carries", async () => {
    const size = 256 * 1024;
    let [held, mostHeld] = [0, 0];
    const volume = withFiles(new MemoryVolume(), (file) => ({
      readAt: (offset, length) => {
        held += length;
        mostHeld = Math.max(mostHeld, held);
        return file.readAt(offset, length);
      },
      append: (bytes) => {
        held -= bytes.length;
        return file.append(bytes);
      },
    }));
    const store = await open(volume, { chunkBytes: 1024 * 1024 });
    for (let number = 0; number < 40; number += 1)
      await store.write(new Batch().put(text(String(number)), new Uint8Array(size).fill(number)));
    held = 0;
    await store.compact(1);
    expect(mostHeld).toBeGreaterThan(size);
    expect(mostHeld).toBeLessThan(2 * 1024 * 1024);
    expect((await contentOf(store)).size).toBe(40);
  });
});

describe("room that is reserved", () => {
  it("is no part of what is read, and is given back at the end", async () => {
    const volume = new MemoryVolume();
    const store = await open(volume, { reservedBytes: 1_000 });
    await store.write(put("a", "1"));
    const [name] = (await volume.list()).filter((each) => each.startsWith("chunk-"));
    expect(volume.content(name as string).length).toBeGreaterThan(1_000);
    expect(store.inspect().bytes).toBeLessThan(100);
    const reader = await open(volume, { readOnly: true });
    expect((await reader.verify()).faults).toEqual([]);
    expect([...(await contentOf(reader)).keys()]).toEqual(["a"]);
    await store.close();
    expect(volume.content(name as string).length).toBeLessThan(100);
  });

  it("that a crash left behind is no torn write", async () => {
    const volume = new MemoryVolume();
    const store = await open(volume, { reservedBytes: 1_000, commitInterval: 0 });
    await store.write(put("a", "1"));
    const survivor = volume.crash(() => 0.99);
    const reopened = await open(survivor, { reservedBytes: 1_000 });
    expect(reopened.recovery).toMatchObject({ tornBytes: 0, damaged: [] });
    await reopened.write(put("b", "2"));
    await reopened.close();
    expect([...(await contentOf(await open(survivor))).keys()]).toEqual(["a", "b"]);
  });
});

describe("deletions", () => {
  it("do not bring an older value back when their chunk is rewritten", async () => {
    const volume = new MemoryVolume();
    const store = await open(volume, { chunkBytes: 400, commitInterval: 0 });
    await store.write(put("ghost", "1").put(text("keeps its chunk alive"), new Uint8Array(600)));
    await store.write(new Batch().delete(text("ghost")).put(text("dies"), new Uint8Array(500)));
    await store.write(put("dies", "2"));
    for (let round = 0; round < 3; round += 1) await store.bulk(put(`round ${round}`, "x"));
    expect(await store.get(text("ghost"))).toBeUndefined();
    const reopened = await open(volume.crash(() => 0));
    expect(await reopened.get(text("ghost"))).toBeUndefined();
    expect((await contentOf(reopened)).size).toBe(5);
  });
});

describe("one folder", () => {
  it("belongs to one writer; readers come beside it", async () => {
    const directory = mkdtempSync(join(tmpdir(), "cadence-store-"));
    const store = await open(await openDiskVolume(directory));
    await store.write(put("a", "1"));
    await expect(open(await openDiskVolume(directory))).rejects.toMatchObject({
      code: "STORE_LOCKED",
      message: expect.stringContaining(String(process.pid)) as string,
    });
    const reader = await open(await openDiskVolume(directory), { readOnly: true });
    expect((await contentOf(reader)).get("a")).toBe("1");
    await expect(reader.write(put("b", "2"))).rejects.toMatchObject({ code: "STORE_NOT_WRITABLE" });
    await store.close();
    await (await open(await openDiskVolume(directory))).close();
  });

  it("is refused when a newer version wrote it, and left as it is", async () => {
    const directory = mkdtempSync(join(tmpdir(), "cadence-store-"));
    await (await open(await openDiskVolume(directory))).close();
    const { encodeFrame } = await import("#storage/chunk/frame.ts");
    const payload = new Uint8Array(40);
    payload[0] = 99;
    writeFileSync(join(directory, "manifest"), encodeFrame({ kind: 3, codec: 0, sequence: 1, payload }));
    await expect(open(await openDiskVolume(directory))).rejects.toMatchObject({ code: "STORE_NEWER_FORMAT" });
  });

  it("that is not there is said so", async () => {
    await expect(openDiskVolume(join(tmpdir(), "cadence-nowhere"))).rejects.toMatchObject({ code: "STORE_NOT_FOUND" });
    const empty = mkdtempSync(join(tmpdir(), "cadence-store-"));
    await expect(open(await openDiskVolume(empty), { readOnly: true })).rejects.toMatchObject({
      code: "STORE_NOT_FOUND",
    });
  });
});
