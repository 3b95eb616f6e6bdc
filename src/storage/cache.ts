import type { Clock } from "#core/clock.ts";

export interface CacheOptions<Value> {
  /** For times to live; without it nothing expires. */
  readonly clock?: Clock;
  /** Bytes kept at the most; the values used longest ago go first. */
  readonly bytes: number;
  /** Entries kept at the most. @default unlimited */
  readonly entries?: number;
  /** Milliseconds after which an entry is gone. @default never */
  readonly timeToLive?: number;
  /** Bytes a value takes, about. */
  readonly sizeOf: (value: Value) => number;
}

/** Where a cache asks next, level by level; the last one is the truth. */
export interface CacheLevel<Value> {
  get(key: string): Promise<Value | undefined>;
  /** Keeps what a level behind it found. Absent where nothing is to be kept, as in the truth itself. */
  set?(key: string, value: Value): unknown;
}

export interface CacheCounters {
  readonly entries: number;
  readonly bytes: number;
  readonly hits: number;
  readonly misses: number;
  /** Hits of all questions; 0 before the first. */
  readonly hitRate: number;
  readonly evicted: number;
}

interface CacheEntry<Value> {
  readonly value: Value;
  readonly bytes: number;
  /** By the clock's monotonic time. */
  readonly expires: number;
}

/** What every entry costs beside key and value. */
const entryOverhead = 64;

/**
 * Values by text keys within a budget of bytes and entries: the one used longest ago goes first, and everything goes after its time. A map
 * keeps the order of use, so every step takes constant time.
 */
export class Cache<Value> implements CacheLevel<Value> {
  readonly #options: CacheOptions<Value>;
  /** Longest unused first. */
  readonly #entries = new Map<string, CacheEntry<Value>>();
  readonly #loading = new Map<string, Promise<Value | undefined>>();
  /** Changes with every invalidation: what was being loaded then is not kept. */
  #generation = 0;
  #bytes = 0;
  #hits = 0;
  #misses = 0;
  #evicted = 0;

  constructor(options: CacheOptions<Value>) {
    this.#options = options;
  }

  get(key: string): Promise<Value | undefined> {
    return Promise.resolve(this.peek(key));
  }

  /** As `get`, at once. */
  peek(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.expires > this.#now()) {
      this.#entries.delete(key);
      this.#entries.set(key, entry);
      this.#hits += 1;
      return entry.value;
    }
    if (entry !== undefined) this.#remove(key, entry);
    this.#misses += 1;
    return undefined;
  }

  /** The values of the keys that are there. */
  getMany(keys: Iterable<string>): Map<string, Value> {
    const found = new Map<string, Value>();
    for (const key of keys) {
      const value = this.peek(key);
      if (value !== undefined) found.set(key, value);
    }
    return found;
  }

  /** A value larger than the whole budget is not kept. `timeToLive` in milliseconds, else the cache's own. */
  set(key: string, value: Value, timeToLive: number = this.#options.timeToLive ?? Number.POSITIVE_INFINITY): void {
    const before = this.#entries.get(key);
    if (before !== undefined) this.#remove(key, before);
    const bytes = this.#options.sizeOf(value) + key.length * 2 + entryOverhead;
    if (bytes > this.#options.bytes || timeToLive <= 0) return;
    this.#entries.set(key, { value, bytes, expires: this.#now() + timeToLive });
    this.#bytes += bytes;
    this.#shrink();
  }

  setMany(values: Iterable<readonly [key: string, value: Value]>): void {
    for (const [key, value] of values) this.set(key, value);
  }

  /**
   * The value from here, else from the first of `levels` that has it; every level before that one then keeps it. However many ask for
   * the same key at the same time, it is loaded once. A level that fails is passed on to all who wait, and nothing is kept.
   */
  async through(key: string, levels: readonly CacheLevel<Value>[]): Promise<Value | undefined> {
    const here = this.peek(key);
    if (here !== undefined) return here;
    const underWay = this.#loading.get(key);
    if (underWay !== undefined) return underWay;
    const loading = this.#load(key, levels).finally(() => {
      if (this.#loading.get(key) === loading) this.#loading.delete(key);
    });
    this.#loading.set(key, loading);
    return loading;
  }

  async #load(key: string, levels: readonly CacheLevel<Value>[]): Promise<Value | undefined> {
    const generation = this.#generation;
    for (const [index, level] of levels.entries()) {
      const value = await level.get(key);
      if (value === undefined) continue;
      if (generation === this.#generation) {
        for (const before of levels.slice(0, index)) await before.set?.(key, value);
        this.set(key, value);
      }
      return value;
    }
    return undefined;
  }

  /** The key is not what it was; false when it was not here. */
  invalidate(key: string): boolean {
    this.#generation += 1;
    this.#loading.delete(key);
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#remove(key, entry);
    return entry !== undefined;
  }

  /** All keys that begin with `prefix` are not what they were; the number of those that were here. */
  invalidatePrefix(prefix: string): number {
    this.#generation += 1;
    for (const key of [...this.#loading.keys()]) if (key.startsWith(prefix)) this.#loading.delete(key);
    const gone = [...this.#entries].filter(([key]) => key.startsWith(prefix));
    for (const [key, entry] of gone) this.#remove(key, entry);
    return gone.length;
  }

  counters(): CacheCounters {
    const asked = this.#hits + this.#misses;
    return {
      entries: this.#entries.size,
      bytes: this.#bytes,
      hits: this.#hits,
      misses: this.#misses,
      hitRate: asked === 0 ? 0 : this.#hits / asked,
      evicted: this.#evicted,
    };
  }

  #now(): number {
    return this.#options.clock?.monotonic() ?? 0;
  }

  #shrink(): void {
    const most = this.#options.entries ?? Number.POSITIVE_INFINITY;
    for (const [key, entry] of this.#entries) {
      if (this.#bytes <= this.#options.bytes && this.#entries.size <= most) return;
      this.#remove(key, entry);
      this.#evicted += 1;
    }
  }

  #remove(key: string, entry: CacheEntry<Value>): void {
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }
}
