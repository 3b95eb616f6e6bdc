import { latin1 } from "../chunk/batch-frame.ts";
import type { KeyRange } from "../store.ts";

/** Where the live value of a key stands. Keys are latin1 text: one character a byte, so that text order is byte order. */
export interface Location {
  readonly chunk: number;
  readonly offset: number;
  readonly length: number;
  readonly crc: number;
}

/** Live keys in order. Derived from the chunks, never stored. */
export class KeyIndex {
  readonly #locations = new Map<string, Location>();
  /** Keys in order; may hold keys that are gone, never misses one that is not in `#added`. */
  #sorted: string[] = [];
  #added: string[] = [];

  get size(): number {
    return this.#locations.size;
  }

  get(key: string): Location | undefined {
    return this.#locations.get(key);
  }

  /** Returns the location that was replaced. */
  set(key: string, location: Location): Location | undefined {
    const before = this.#locations.get(key);
    if (before === undefined) this.#added.push(key);
    this.#locations.set(key, location);
    return before;
  }

  delete(key: string): Location | undefined {
    const before = this.#locations.get(key);
    this.#locations.delete(key);
    return before;
  }

  entries(): IterableIterator<[string, Location]> {
    return this.#locations.entries();
  }

  /** The keys of a range as they stand now. */
  keys({ from, to, reverse = false, limit }: KeyRange): string[] {
    const sorted = this.#order();
    const begin = from === undefined ? 0 : lowerBound(sorted, latin1(from));
    const end = to === undefined ? sorted.length : lowerBound(sorted, latin1(to));
    const found: string[] = [];
    const most = limit ?? Number.POSITIVE_INFINITY;
    for (let step = 0; step < end - begin && found.length < most; step += 1) {
      found.push(sorted[reverse ? end - 1 - step : begin + step] as string);
    }
    return found;
  }

  #order(): readonly string[] {
    const stale = this.#sorted.length + this.#added.length !== this.#locations.size;
    if (this.#added.length > 0 || stale) {
      const kept: string[] = stale ? [...this.#locations.keys()] : [...this.#sorted, ...this.#added];
      this.#sorted = kept.toSorted(byBytes);
      this.#added = [];
    }
    return this.#sorted;
  }
}

function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The first position whose key is not below `key`. */
function lowerBound(sorted: readonly string[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
