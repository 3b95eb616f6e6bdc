import { describe, expect, it } from "vitest";
import { breathe } from "#core/breathe.ts";
import { silentLogger } from "#core/logger.ts";
import { FileStore } from "#storage/backends/file-store.ts";
import { corrupt } from "#storage/codec/byte-reader.ts";
import { KeySpace, keyOf, prefixRange } from "#storage/keys.ts";
import { logKey } from "#storage/series/log-extent.ts";
import { SeriesStore } from "#storage/series/series-store.ts";
import { MemoryVolume } from "#storage/index.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { seeded } from "../../support/random.ts";

/** A small home hands on what changed once a second. */
const appends = 5_000;
/** Entries are joined at 2,048 of them; what comes meanwhile waits for the next time. */
const mostEntries = 2_300;

async function open(volume: MemoryVolume): Promise<{ store: FileStore; series: SeriesStore }> {
  const store = await FileStore.open({ volume, clock: new ManualClock(), logger: silentLogger });
  return { store, series: await SeriesStore.open(store, silentLogger) };
}

async function entriesOf(store: FileStore): Promise<number> {
  let count = 0;
  for await (const _ of store.keys(prefixRange(keyOf(KeySpace.log)))) count += 1;
  return count;
}

async function contentOf(series: SeriesStore, name: string): Promise<[number, string][]> {
  const list: [number, string][] = [];
  for await (const { times, states } of series.read(name))
    for (const [index, state] of states.toArray().entries()) list.push([times[index] as number, state]);
  return list;
}

describe("a log of many small entries", () => {
  it("becomes a few larger ones, and gives the same series through crashes, whatever came late", async () => {
    const random = seeded(3);
    let volume = new MemoryVolume();
    let { store, series } = await open(volume);
    const model = new Map<string, Map<number, string>>([
      ["a", new Map()],
      ["b", new Map()],
    ]);
    let most = 0;
    for (let round = 1; round <= appends; round += 1) {
      const name = random() < 0.5 ? "a" : "b";
      const time = round * 10 - (random() < 0.1 ? Math.floor(random() * 5_000) : 0);
      const known = model.get(name) as Map<number, string>;
      const state = known.get(time) ?? (random() < 0.1 ? "unavailable" : String(Math.floor(random() * 1_000) / 10));
      known.set(time, state);
      await series.append([{ series: name, time, state }]);
      if (round % 4 === 0) await breathe();
      if (round % 100 === 0) most = Math.max(most, await entriesOf(store));
      if (random() < 0.002) {
        await store.sync();
        volume = volume.crash(random);
        ({ store, series } = await open(volume));
      }
    }
    for (const [name, known] of model)
      expect(await contentOf(series, name), name).toEqual([...known].toSorted(([a], [b]) => a - b));
    expect(most).toBeLessThan(mostEntries);
    await series.close();
    await store.close();
  });

  it("keeps the entry that cannot be read where it is, and joins the others", async () => {
    const { store, series } = await open(new MemoryVolume());
    const damaged = Buffer.from(logKey(7)).toString("hex");
    const get = store.get.bind(store);
    store.get = (key) => (Buffer.from(key).toString("hex") === damaged ? Promise.reject(corrupt("damaged")) : get(key));
    for (let time = 1; time <= appends; time += 1) {
      await series.append([{ series: "a", time, state: String(time) }]);
      if (time % 4 === 0) await breathe();
    }
    expect(await entriesOf(store)).toBeLessThan(mostEntries);
    const keys: string[] = [];
    for await (const key of store.keys(prefixRange(keyOf(KeySpace.log)))) keys.push(Buffer.from(key).toString("hex"));
    expect(keys).toContain(damaged);
    await series.flush();
    expect((await contentOf(series, "a")).map(([time]) => time)).toEqual(
      Array.from({ length: appends }, (_, i) => i + 1),
    );
    await series.close();
    await store.close();
  });
});
