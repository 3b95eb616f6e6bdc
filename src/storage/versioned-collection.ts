import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { Clock } from "#core/clock.ts";
import { CadenceError } from "#core/errors.ts";
import { Mutex } from "#core/mutex.ts";
import { Batch } from "./batch.ts";
import { binaryObjectCodec } from "./codec/binary-object.ts";
import { corrupt } from "./codec/byte-reader.ts";
import type { Codec } from "./codec/codec.ts";
import { standardCodecs } from "./codec/codec-registry.ts";
import { Collection } from "./collection.ts";
import type { Store } from "./store.ts";

export interface VersionedSpec {
  /** As a collection's; `<name>-versions` is taken as well. */
  readonly name: string;
  readonly version: number;
  readonly clock: Clock;
  /** Versions of a record that are kept, the newest included. @default 10 */
  readonly keep?: number;
  /** @default binary objects */
  readonly codec?: Codec;
}

/** One version of a record, without its value. */
export interface VersionInfo {
  /** From 1 on; never used twice for one record. */
  readonly number: number;
  /** ms since 1970. */
  readonly time: number;
  /** Bytes it takes; of all but the newest those by which it differs from the next one. */
  readonly bytes: number;
}

interface Stored {
  readonly number: number;
  readonly time: number;
  /** The newest: the value's bytes. An older one: zstd with the next version's bytes as dictionary. */
  readonly bytes: Uint8Array;
}

const largestValue = 64 * 1024 * 1024;

/**
 * Records of which the older versions are kept. The newest stands as it is; an older one as what it takes to make it from the next, so that a small change of a large
 * document costs a few bytes.
 */
export class VersionedCollection<Value> {
  readonly #store: Store;
  readonly #newest: Collection<Stored>;
  readonly #older: Collection<Stored>;
  readonly #clock: Clock;
  readonly #keep: number;
  readonly #codec: Codec;
  readonly #changing = new Mutex();

  constructor(store: Store, { name, version, clock, keep = 10, codec = binaryObjectCodec }: VersionedSpec) {
    this.#store = store;
    this.#newest = new Collection<Stored>(store, { name, version });
    this.#older = new Collection<Stored>(store, { name: `${name}-versions`, version });
    this.#clock = clock;
    this.#keep = Math.max(1, keep);
    this.#codec = codec;
  }

  /** The newest version, or the one with a number. Undefined when there is none. */
  async get(id: string, number?: number): Promise<Value | undefined> {
    const newest = await this.#newest.get(id);
    if (newest === undefined || (number ?? newest.number) > newest.number) return undefined;
    let { bytes } = newest;
    for (let at = newest.number - 1; at >= (number ?? newest.number); at -= 1) {
      const older = await this.#older.get(olderKey(id, at));
      if (older === undefined) return undefined;
      bytes = unpack(older.bytes, bytes);
    }
    return this.#codec.decode(bytes, standardCodecs()) as Value;
  }

  /** Newest first. */
  async list(id: string): Promise<readonly VersionInfo[]> {
    const newest = await this.#newest.get(id);
    if (newest === undefined) return [];
    const found = [newest];
    for (let at = newest.number - 1; at > newest.number - this.#keep && at > 0; at -= 1) {
      const older = await this.#older.get(olderKey(id, at));
      if (older === undefined) break;
      found.push(older);
    }
    return found.map(({ number, time, bytes }) => ({ number, time, bytes: bytes.length }));
  }

  /** A new version; resolves with its number. */
  put(id: string, value: Value): Promise<number> {
    return this.#changing.run(() => this.#put(id, this.#codec.encode(value)));
  }

  /** An older version becomes the newest, as a version of its own. Throws STORE_VALUE_INVALID when it is not kept. */
  revert(id: string, number: number): Promise<number> {
    return this.#changing.run(async () => {
      const value = await this.get(id, number);
      if (value === undefined) {
        throw new CadenceError("STORE_VALUE_INVALID", `There is no version ${number} of “${id}”.`, {
          remedy: "`list` shows those that are kept.",
        });
      }
      return this.#put(id, this.#codec.encode(value));
    });
  }

  /** With all its versions. */
  delete(id: string): Promise<void> {
    return this.#changing.run(async () => {
      const batch = new Batch();
      for (const [at, { number }] of (await this.list(id)).entries()) {
        if (at === 0) this.#newest.stageDelete(batch, id);
        else this.#older.stageDelete(batch, olderKey(id, number));
      }
      if (batch.size > 0) await this.#store.write(batch);
    });
  }

  async #put(id: string, bytes: Uint8Array): Promise<number> {
    const before = await this.#newest.get(id);
    const number = (before?.number ?? 0) + 1;
    const batch = new Batch();
    this.#newest.stagePut(batch, id, { number, time: this.#clock.now(), bytes });
    if (before !== undefined && this.#keep > 1) {
      const packed = zstdCompressSync(before.bytes, { dictionary: bytes });
      this.#older.stagePut(batch, olderKey(id, before.number), { ...before, bytes: packed });
    }
    if (number > this.#keep) this.#older.stageDelete(batch, olderKey(id, number - this.#keep));
    await this.#store.write(batch);
    return number;
  }
}

function unpack(bytes: Uint8Array, next: Uint8Array): Uint8Array {
  try {
    return zstdDecompressSync(bytes, { dictionary: next, maxOutputLength: largestValue });
  } catch (cause) {
    throw corrupt("an older version cannot be made from the next one", cause);
  }
}

function olderKey(id: string, number: number): string {
  return `${id}\u0000${number.toString().padStart(12, "0")}`;
}
