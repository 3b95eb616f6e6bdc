import type { Place } from "../chunk/batch-frame.ts";
import type { KeyRange } from "../store.ts";
import { KeysByChunk } from "./keys-by-chunk.ts";
import { SortedKeys } from "./sorted-keys.ts";

/** Where the live value of a key stands. */
export interface Location extends Place {
  readonly chunk: number;
}

/**
 * Live keys in order. Derived from the chunks, never stored. Keys are latin1 text: one character a byte, so that text order is byte order.
 */
export class KeyIndex {
  readonly #locations = new Map<string, Location>();
  readonly #sorted = new SortedKeys();
  /** The keys whose values stand in each chunk. */
  readonly #inChunk = new KeysByChunk();

  get size(): number {
    return this.#locations.size;
  }

  get(key: string): Location | undefined {
    return this.#locations.get(key);
  }

  /** Returns the location that was replaced. */
  set(key: string, location: Location): Location | undefined {
    const before = this.#locations.get(key);
    if (before === undefined) this.#sorted.add(key);
    if (before?.chunk !== location.chunk) {
      if (before !== undefined) this.#inChunk.delete(before.chunk, key);
      this.#inChunk.add(location.chunk, key);
    }
    this.#locations.set(key, location);
    return before;
  }

  delete(key: string): Location | undefined {
    const before = this.#locations.get(key);
    if (before === undefined) return undefined;
    this.#locations.delete(key);
    this.#sorted.delete(key);
    this.#inChunk.delete(before.chunk, key);
    return before;
  }

  /** The live keys of a chunk, in the order they were written. */
  keysIn(chunk: number): readonly string[] {
    return this.#inChunk.of(chunk);
  }

  /** The keys of a range as they stand now. */
  keys(range: KeyRange): string[] {
    return this.#sorted.keys(range);
  }
}
