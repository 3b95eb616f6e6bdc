import { createReadStream, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { describe, expect, it } from "vitest";
import { silentLogger } from "#core/logger.ts";
import { Batch, MemoryVolume, type SeriesSample, Storage } from "#storage/index.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { seeded } from "../../support/random.ts";
import { hasSharedData, sharedData, withoutSharedData } from "../../support/shared-data.ts";

function open(at: MemoryVolume, readOnly = false): Promise<Storage> {
  return Storage.open({ at, clock: new ManualClock(), logger: silentLogger, readOnly });
}

async function contentOf(storage: Storage): Promise<Map<string, [number, string][]>> {
  const content = new Map<string, [number, string][]>();
  for (const name of storage.series.names()) {
    const list: [number, string][] = [];
    for await (const { times, states } of storage.series.read(name))
      for (const [index, state] of states.toArray().entries()) list.push([times[index] as number, state]);
    content.set(name, list);
  }
  return content;
}

const sample = (series: string, time: number, state: string): SeriesSample => ({ series, time, state });

describe("the identity of a sample", () => {
  it("is series, time and text: what is there is not stored again", async () => {
    const storage = await open(new MemoryVolume());
    const samples = [sample("a", 1, "x"), sample("a", 2, "x"), sample("b", 1, "x")];
    expect(await storage.series.append(samples)).toEqual({ stored: 3, duplicates: 0 });
    expect(await storage.series.append(samples)).toEqual({ stored: 0, duplicates: 3 });
    await storage.series.flush();
    expect(await storage.series.append(samples)).toEqual({ stored: 0, duplicates: 3 });
  });

  it("keeps several texts of one millisecond, even the same one twice, and stores none of them again", async () => {
    const storage = await open(new MemoryVolume());
    const burst = [sample("a", 1, "A"), sample("a", 1, "B"), sample("a", 1, "A")];
    expect(await storage.series.append(burst)).toEqual({ stored: 3, duplicates: 0 });
    await storage.series.flush();
    expect(await storage.series.append(burst)).toEqual({ stored: 0, duplicates: 3 });
    expect(await storage.series.append([sample("a", 1, "C"), sample("a", 1, "A")])).toEqual({
      stored: 1,
      duplicates: 1,
    });
    expect((await contentOf(storage)).get("a")).toEqual([
      [1, "A"],
      [1, "B"],
      [1, "A"],
      [1, "C"],
    ]);
  });

  it("takes a text that follows itself in one millisecond once, also when other samples stand between", async () => {
    const storage = await open(new MemoryVolume());
    const told = [
      sample("a", 1, "A"),
      sample("a", 2, "B"),
      sample("a", 1, "A"),
      sample("a", 2, "B"),
      sample("a", 2, "B"),
    ];
    expect(await storage.series.append(told)).toEqual({ stored: 2, duplicates: 3 });
    expect((await contentOf(storage)).get("a")).toEqual([
      [1, "A"],
      [2, "B"],
    ]);
  });

  it("refuses what cannot be stored and takes nothing of that call", async () => {
    const storage = await open(new MemoryVolume());
    for (const bad of [
      sample("a", 1.5, "x"),
      sample("a", Number.NaN, "x"),
      sample("", 1, "x"),
      sample("a", 1, "x".repeat(70_000)),
    ]) {
      await expect(storage.series.append([sample("ok", 1, "x"), bad])).rejects.toMatchObject({
        code: "STORE_VALUE_INVALID",
      });
    }
    expect(storage.series.names()).toEqual([]);
  });
});

describe("any order of arrival", () => {
  it("gives the same series, through checkpoints, reopenings and crashes", async () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const random = seeded(seed);
      let volume = new MemoryVolume();
      let storage = await open(volume);
      const model = new Map<string, Map<number, string>>();
      for (let round = 0; round < 40; round += 1) {
        const call: SeriesSample[] = [];
        for (let count = 0; count < random() * 60; count += 1) {
          const name = `s${Math.floor(random() * 3)}`;
          const time = Math.floor(random() < 0.7 ? round * 100 + random() * 100 : random() * 4_000);
          const state =
            model.get(name)?.get(time) ??
            (random() < 0.1 ? "unavailable" : `${Math.floor(random() * 50)}.${Math.floor(random() * 10)}`);
          if (call.some((other) => other.series === name && other.time === time)) continue;
          call.push(sample(name, time, state));
          model.set(name, (model.get(name) ?? new Map<number, string>()).set(time, state));
        }
        await storage.series.append(call);
        if (random() < 0.2) await storage.series.flush();
        if (random() < 0.1) await storage.compact();
        if (random() < 0.15) {
          await storage.sync();
          volume = volume.crash(random);
          storage = await open(volume);
        }
      }
      const expected = new Map(
        [...model].toSorted().map(([name, samples]) => [name, [...samples].toSorted(([a], [b]) => a - b)]),
      );
      expect(await contentOf(storage), `seed ${seed}`).toEqual(expected);
      expect(storage.series.totals().samples).toBe([...model.values()].reduce((sum, { size }) => sum + size, 0));
      for (const [name, list] of expected) {
        expect(storage.series.last(name)).toEqual({ time: list.at(-1)?.[0], state: list.at(-1)?.[1] });
        expect(storage.series.info(name)).toEqual({
          samples: list.length,
          first: list[0]?.[0],
          last: list.at(-1)?.[0],
        });
      }
      expect((await storage.verify()).ok).toBe(true);
    }
  });

  it("is the same while somebody reads, appends and makes blocks dense at once", async () => {
    const storage = await open(new MemoryVolume());
    const times = Array.from({ length: 30_000 }, (_, index) => index * 1_000);
    for (let from = 0; from < times.length; from += 1_500) {
      await storage.series.append(times.slice(from, from + 1_500).map((time) => sample("a", time, String(time % 977))));
      await storage.series.flush();
    }
    const before = (await storage.inspect()).bytes;
    const read = async (): Promise<number[]> => {
      const found: number[] = [];
      for await (const slice of storage.series.read("a", { to: 30_000_000 })) {
        found.push(...slice.times);
        await Promise.resolve();
      }
      return found;
    };
    const [first, , second] = await Promise.all([
      read(),
      storage.compact(),
      read(),
      storage.series.append([sample("a", 40_000_000, "new")]),
    ]);
    expect(first).toEqual(times);
    expect(second).toEqual(times);
    expect(await read()).toEqual(times);
    expect(storage.series.last("a")).toEqual({ time: 40_000_000, state: "new" });
    expect((await storage.inspect()).bytes).toBeLessThan(before * 0.95);
    expect((await storage.verify()).ok).toBe(true);
  });

  it("answers a range by its borders: from inclusive, to exclusive", async () => {
    const storage = await open(new MemoryVolume());
    await storage.series.append([1, 2, 3].map((time) => sample("a", time, `${time}`)));
    await storage.series.flush();
    await storage.series.append([4, 5].map((time) => sample("a", time, `${time}`)));
    const found: number[] = [];
    for await (const { times } of storage.series.read("a", { from: 2, to: 5 })) found.push(...times);
    expect(found).toEqual([2, 3, 4]);
  });
});

describe("samples and documents in one batch", () => {
  it("survive a crash together or not at all", async () => {
    const volume = new MemoryVolume();
    const storage = await open(volume);
    const mark = storage.document<{ until: number }>({ name: "mark", version: 1 });
    for (let time = 1; time <= 50; time += 1) {
      const batch = new Batch();
      mark.stagePut(batch, { until: time });
      await storage.series.append([sample("a", time, "x")], batch);
    }
    for (let seed = 0; seed < 20; seed += 1) {
      const survivor = await open(volume.crash(seeded(seed)));
      const until = (await survivor.document<{ until: number }>({ name: "mark", version: 1 }).get())?.until;
      expect(survivor.series.info("a")?.last).toBe(until);
    }
  });
});

describe("collections", () => {
  it("take any text as key, keep each other's keys apart, and their order", async () => {
    const storage = await open(new MemoryVolume());
    const a = storage.collection<unknown>({ name: "a", version: 1 });
    const b = storage.collection<unknown>({ name: "a-b", version: 1 });
    const keys = ["", "\0", "a", "a\0b", "ä", "\uffff", "😀"];
    for (const key of keys) await a.put(key, { key });
    await b.put("x", new Map([["set", new Set([1])]]));
    const found: string[] = [];
    for await (const [key, value] of a.entries()) {
      expect(value).toEqual({ key });
      found.push(key);
    }
    expect(found).toEqual(keys);
    expect(await a.count()).toBe(keys.length);
    expect(await b.get("x")).toEqual(new Map([["set", new Set([1])]]));
    await expect(a.put("\ud800", 1)).rejects.toMatchObject({ code: "STORE_KEY_INVALID" });
    expect(() => storage.collection({ name: "A b", version: 1 })).toThrow(
      expect.objectContaining({ code: "STORE_KEY_INVALID" }),
    );
  });

  it("do not guess at values of a newer version", async () => {
    const storage = await open(new MemoryVolume());
    await storage.collection({ name: "a", version: 2 }).put("k", 1);
    await expect(storage.collection({ name: "a", version: 1 }).get("k")).rejects.toMatchObject({
      code: "STORE_NEWER_FORMAT",
    });
  });
});

describe("real recordings", () => {
  it.skipIf(!hasSharedData)(
    `are all there afterwards, and reading them again stores nothing (${withoutSharedData})`,
    async () => {
      const volume = new MemoryVolume();
      const storage = await open(volume);
      const rows: SeriesSample[] = [];
      for (const folder of readdirSync(join(sharedData, "series"))) {
        const lines = createInterface({
          input: createReadStream(join(sharedData, "series", folder, "series.csv.gz")).pipe(createGunzip()),
        });
        for await (const line of lines) {
          const [name = "", time, state = ""] = line.split(",");
          if (name !== "entity_id") rows.push(sample(name, Number(time), state));
        }
      }
      const replay = async (): Promise<number> => {
        let stored = 0;
        for (let begin = 0; begin < rows.length; begin += 5_000)
          stored += (await storage.series.append(rows.slice(begin, begin + 5_000))).stored;
        return stored;
      };
      expect(await replay()).toBe(rows.length);
      expect(await replay()).toBe(0);
      await storage.series.flush();
      const expected = new Map<string, [number, string][]>();
      for (const { series, time, state } of rows) {
        const list = expected.get(series) ?? [];
        list.push([time, state]);
        expected.set(series, list);
      }
      const reopened = await open(volume, true);
      expect(await contentOf(reopened)).toEqual(new Map([...expected].toSorted()));
      expect((await reopened.inspect()).bytesPerSample).toBeLessThan(3);
    },
    120_000,
  );
});

describe("a series under another name", () => {
  it("is the same, before and after a flush and an opening", async () => {
    const volume = new MemoryVolume();
    const storage = await open(volume);
    await storage.series.append([sample("a", 1, "x"), sample("a", 2, "y"), sample("b", 1, "z")]);
    await storage.series.flush();
    await storage.series.append([sample("a", 3, "w")]);
    expect(await storage.series.rename("a", "c")).toBe(true);
    expect(await storage.series.rename("a", "d")).toBe(false);
    expect(storage.series.last("a")).toBeUndefined();
    await storage.series.append([sample("c", 4, "v"), sample("a", 9, "new")]);
    const expected = new Map([
      ["a", [[9, "new"]]],
      ["b", [[1, "z"]]],
      [
        "c",
        [
          [1, "x"],
          [2, "y"],
          [3, "w"],
          [4, "v"],
        ],
      ],
    ]);
    expect(await contentOf(storage)).toEqual(expected);
    await storage.close();
    const again = await open(volume);
    expect(await contentOf(again)).toEqual(expected);
    expect(again.series.totals().series).toBe(3);
  });

  it("that has samples already takes the others in, each once", async () => {
    const volume = new MemoryVolume();
    const storage = await open(volume);
    await storage.series.append([sample("a", 1, "x"), sample("a", 3, "y"), sample("b", 2, "z"), sample("b", 3, "y")]);
    expect(await storage.series.rename("a", "b")).toBe(true);
    const expected = new Map([
      [
        "b",
        [
          [1, "x"],
          [2, "z"],
          [3, "y"],
        ],
      ],
    ]);
    expect(await contentOf(storage)).toEqual(expected);
    await storage.close();
    expect(await contentOf(await open(volume))).toEqual(expected);
  });
});
