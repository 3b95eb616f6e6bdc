import { describe, expect, it } from "vitest";
import { Knowledge } from "#app/knowledge.ts";
import { Learning } from "#app/learning.ts";
import { silentLogger } from "#core/logger.ts";
import { Repository } from "#repository/repository.ts";
import { MemoryVolume, Storage } from "#storage/index.ts";
import { encodeBlock } from "#storage/series/block.ts";
import { States } from "#storage/series/states.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { seeded } from "../../support/random.ts";

const clock = new ManualClock();
const minute = 60_000;
const value = (index: number): string => String((index * index * 7_919) % 1_000_003);

function open(at: MemoryVolume, told: string[] = []): Promise<Storage> {
  const logger = { ...silentLogger, error: (message: string): void => void told.push(message), child: () => logger };
  return Storage.open({ at, clock, logger });
}

async function timesOf(storage: Storage, series: string): Promise<number[]> {
  const times: number[] = [];
  for await (const slice of storage.series.read(series)) times.push(...slice.times);
  return times;
}

/** Two series with three blocks of 2,500 samples each; the second block of `sensor.a` has a wrong byte. */
async function damagedVolume(): Promise<MemoryVolume> {
  const volume = new MemoryVolume();
  const storage = await open(volume);
  for (let block = 0; block < 3; block += 1) {
    await storage.series.append(
      ["sensor.a", "sensor.b"].flatMap((series) =>
        Array.from({ length: 2_500 }, (_, index) => ({
          series,
          time: (block * 2_500 + index) * minute,
          state: value(index),
        })),
      ),
    );
    await storage.series.flush();
  }
  await storage.close();
  const indexes = Array.from({ length: 2_500 }, (_, index) => index);
  const times = Float64Array.from(indexes, (index) => (2_500 + index) * minute);
  const block = encodeBlock({ times, states: States.of(...indexes.map(value)) }, "quick");
  for (const name of await volume.list()) {
    const bytes = volume.content(name);
    // The same block stands there for both series; the first of them is that of `sensor.a`.
    const at = Buffer.from(bytes).indexOf(block);
    if (at === -1) continue;
    bytes[at + 20] = (bytes[at + 20] as number) ^ 1;
    volume.setContent(name, bytes);
  }
  return volume;
}

describe("any one damaged byte of a store", () => {
  it("never keeps it from being opened, and never makes a wrong value", { timeout: 60_000 }, async () => {
    const volume = new MemoryVolume();
    const written = new Set<string>();
    {
      const storage = await open(volume);
      for (const begin of [0, 40, 80]) {
        const samples = Array.from({ length: 40 }, (_, index) => ({
          series: `sensor.${index % 4}`,
          time: (begin + index) * minute,
          state: value(begin + index),
        }));
        for (const { series, time, state } of samples) written.add(`${series} ${time} ${state}`);
        await storage.series.append(samples);
        if (begin === 40) await storage.compact();
      }
      await storage.close();
    }
    const files = (await volume.list()).filter((name) => name.startsWith("chunk-") || name === "manifest");
    const random = seeded(12);
    for (const name of files) {
      const right = volume.content(name);
      for (let offset = 0; offset < right.length; offset += 1) {
        const damaged = volume.crash(() => 0.99);
        const bytes = right.slice();
        bytes[offset] = (bytes[offset] as number) ^ (1 << Math.floor(random() * 8));
        damaged.setContent(name, bytes);
        const storage = await open(damaged);
        for (const series of storage.series.names())
          for await (const { times, states } of storage.series.read(series))
            for (const [index, state] of states.toArray().entries())
              expect(written.has(`${series} ${times[index]} ${state}`), `${name} at ${offset}`).toBe(true);
        await storage.close();
      }
    }
  });
});

const whole = Array.from({ length: 7_500 }, (_, index) => index * minute);
const withoutSecond = whole.filter((time) => time < 2_500 * minute || time >= 5_000 * minute);

describe("a damaged block", () => {
  it("costs its own samples: everything else is read, and what is lost is told once by name", async () => {
    const told: string[] = [];
    const storage = await open(await damagedVolume(), told);
    expect(await timesOf(storage, "sensor.a")).toEqual(withoutSecond);
    expect(await timesOf(storage, "sensor.a")).toEqual(withoutSecond);
    expect(await timesOf(storage, "sensor.b")).toEqual(whole);
    expect(told).toEqual([
      "2,500 values of sensor.a from 1970-01-02 17:40:00 to 1970-01-04 11:19:00 UTC are damaged and left out.",
    ]);
    expect((await storage.inspect()).status).toBe("damaged");
  });

  it("is filled again by whoever has its samples, and is not in the way of new blocks", async () => {
    const volume = await damagedVolume();
    const storage = await open(volume);
    const lost = whole.slice(2_500, 5_000).map((time, index) => ({ series: "sensor.a", time, state: value(index) }));
    expect((await storage.series.append(lost)).stored).toBe(2_500);
    await storage.compact();
    expect(await timesOf(storage, "sensor.a")).toEqual(whole);
    await storage.close();
    const reopened = await open(volume);
    expect((await reopened.series.append(lost)).stored).toBe(0);
    expect(await timesOf(reopened, "sensor.a")).toEqual(whole);
  });

  it("does not keep the daemon from starting, nor a batch from being stored", async () => {
    const storage = await open(await damagedVolume());
    const repository = await Repository.open(storage);
    const learning = new Learning({ repository, knowledge: new Knowledge(), logger: silentLogger, clock });
    await learning.start();
    const readings = [
      { entityId: "sensor.a", time: 2_500 * minute, state: "5", kind: "number" as const, value: 5 },
      { entityId: "sensor.b", time: 9_000 * minute, state: "6", kind: "number" as const, value: 6 },
    ];
    expect(await learning.take({ readings, renamed: [], backfilled: [], closedGaps: [] })).toBe(2);
    await learning.stop();
  });
});
