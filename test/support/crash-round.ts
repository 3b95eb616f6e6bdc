import { CadenceError } from "#core/errors.ts";
import { silentLogger } from "#core/logger.ts";
import { Batch } from "#storage/batch.ts";
import { FileStore } from "#storage/backends/file-store.ts";
import { MemoryVolume } from "#storage/volume/memory-volume.ts";
import { ManualClock } from "./manual-clock.ts";
import { seeded } from "./random.ts";
import { contentOf, entriesOf } from "./store-content.ts";

const lives = 4;
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

export interface CrashRound {
  /** Batches that were acknowledged before the power went. */
  readonly batches: number;
  readonly crashes: number;
}

/**
 * Random operations against a store and a plain map, cut off by a loss of power at a random file operation, four lives long. After each
 * crash any subset of what was not synced survives, torn anywhere; the store must then hold what was synced, and of what came later a whole
 * number of batches in order. Throws an error that names the seed, which repeats the round.
 */
export async function crashRound(seed: number): Promise<CrashRound> {
  const random = seeded(seed);
  let model = new Map<string, string>();
  let volume = new MemoryVolume();
  let batches = 0;
  for (let life = 0; life < lives; life += 1) {
    const fail = (what: string): never => {
      throw new Error(`seed ${seed}, life ${life}: ${what}`);
    };
    const allowed = Math.floor(random() * 60);
    let operations = 0;
    const living = volume.crash(() => 0.99, {
      onOperation: () => {
        operations += 1;
        if (operations > allowed) throw new CadenceError("STORE_IO", "The power is off.");
      },
    });
    /** States after each batch since the last sync: any of them may be what survives. */
    let possible = [new Map(model)];
    try {
      const store = await open(living);
      if (!same(await contentOf(store), model)) fail("what had survived is not there any more");
      for (;;) {
        const { batch, next } = randomBatch(
          random,
          possible.at(-1) as Map<string, string>,
          `${seed}.${life}.${operations}`,
        );
        possible.push(next);
        const bulk = random() < 0.15;
        await (bulk ? store.bulk(batch) : store.write(batch));
        batches += 1;
        if (bulk) possible = [next];
        if (random() < 0.2) {
          await store.sync();
          possible = [next];
        }
        if (random() < 0.1) await store.compact();
        if (random() < 0.05) {
          const { next: content } = randomBatch(random, new Map(), `${seed}.${life}.${operations}`);
          possible.push(content);
          await store.replaceContent(entriesOf(content));
          possible = [content];
        }
      }
    } catch (error) {
      if (!(error instanceof CadenceError)) throw error;
    }
    volume = living.crash(random);
    const survived = await survivorsOf(volume);
    model = possible.find((state) => same(survived, state)) ?? fail(`holds ${JSON.stringify([...survived])}`);
  }
  return { batches, crashes: lives };
}

function randomBatch(
  random: () => number,
  before: ReadonlyMap<string, string>,
  mark: string,
): { batch: Batch; next: Map<string, string> } {
  const batch = new Batch();
  const next = new Map(before);
  for (let count = 0; count <= random() * 4; count += 1) {
    const key = `k${Math.floor(random() * 12)}`;
    if (random() < 0.3) {
      batch.delete(text(key));
      next.delete(key);
    } else {
      const value = `${mark}.${"x".repeat(random() * 60)}`;
      batch.put(text(key), text(value));
      next.set(key, value);
    }
  }
  return { batch, next };
}

function open(volume: MemoryVolume, readOnly = false): Promise<FileStore> {
  return FileStore.open({
    volume,
    clock: new ManualClock(),
    logger: silentLogger,
    chunkBytes: 300,
    reservedBytes: 90,
    readOnly,
  });
}

/** What a reader finds; nothing where no store ever came to be. */
async function survivorsOf(volume: MemoryVolume): Promise<ReadonlyMap<string, string>> {
  try {
    await using store = await open(
      volume.crash(() => 0.99),
      true,
    );
    return await contentOf(store);
  } catch (error) {
    if (error instanceof CadenceError && error.code === "STORE_NOT_FOUND") return new Map();
    throw error;
  }
}

function same(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}
