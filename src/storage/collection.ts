import { CadenceError } from "#core/errors.ts";
import { Batch } from "./batch.ts";
import { binaryObjectCodec } from "./codec/binary-object.ts";
import type { Codec, CodecLookup } from "./codec/codec.ts";
import { decodeTagged, encodeTagged } from "./codec/tagged-value.ts";
import { KeySpace, keyOf, keyText, prefixRange, textKey } from "./keys.ts";
import type { Store } from "./store.ts";

export interface CollectionSpec {
  /** `[a-z][a-z0-9-]*`; on disk, never reused for something else. */
  readonly name: string;
  /** Schema version of the values written now. */
  readonly version: number;
  /** Of the values written now; what others wrote is read by their ids. @default binary objects */
  readonly codec?: Codec;
  /** All that can be read. @default the standard ones, which need no key */
  readonly codecs?: CodecLookup;
}

/** Typed values under text keys: a prefix, a codec and a schema version over any store. */
export class Collection<Value> {
  readonly #store: Store;
  readonly #prefix: Uint8Array;
  readonly #version: number;
  readonly #codec: Codec;
  readonly #codecs: CodecLookup | undefined;

  constructor(store: Store, spec: CollectionSpec) {
    if (!/^[a-z][a-z0-9-]*$/.test(spec.name)) {
      throw new CadenceError("STORE_KEY_INVALID", `“${spec.name}” is not a name of a collection.`);
    }
    this.#store = store;
    this.#prefix = keyOf(KeySpace.collection, textKey(spec.name), Uint8Array.of(0));
    this.#version = spec.version;
    this.#codec = spec.codec ?? binaryObjectCodec;
    this.#codecs = spec.codecs;
  }

  async get(key: string): Promise<Value | undefined> {
    const bytes = await this.#store.get(this.#key(key));
    return bytes === undefined ? undefined : this.#decode(bytes);
  }

  async put(key: string, value: Value): Promise<void> {
    const batch = new Batch();
    this.stagePut(batch, key, value);
    await this.#store.write(batch);
  }

  async delete(key: string): Promise<void> {
    const batch = new Batch();
    this.stageDelete(batch, key);
    await this.#store.write(batch);
  }

  /** Adds a put to `batch`, so that several collections commit as one. */
  stagePut(batch: Batch, key: string, value: Value): void {
    batch.put(this.#key(key), encodeTagged(this.#codec, this.#version, value));
  }

  stageDelete(batch: Batch, key: string): void {
    batch.delete(this.#key(key));
  }

  /** Those that begin with `prefix`, in the order of the keys' UTF-8 bytes. */
  async *keys(prefix = ""): AsyncGenerator<string> {
    for await (const key of this.#store.keys(prefixRange(this.#key(prefix)))) yield this.#text(key);
  }

  async *entries(): AsyncGenerator<readonly [key: string, value: Value]> {
    for await (const { key, value } of this.#store.range(prefixRange(this.#prefix))) {
      yield [this.#text(key), this.#decode(value)];
    }
  }

  /** As `entries`, with the schema version each value was written with; whatever that is. */
  async *records(): AsyncGenerator<{ readonly key: string; readonly version: number; readonly value: unknown }> {
    for await (const { key, value } of this.#store.range(prefixRange(this.#prefix))) {
      yield { key: this.#text(key), ...decodeTagged(value, this.#codecs) };
    }
  }

  async count(): Promise<number> {
    let count = 0;
    for await (const _key of this.#store.keys(prefixRange(this.#prefix))) count += 1;
    return count;
  }

  #key(key: string): Uint8Array {
    return new Uint8Array(Buffer.concat([this.#prefix, textKey(key)]));
  }

  #text(key: Uint8Array): string {
    return keyText(key.subarray(this.#prefix.length));
  }

  #decode(bytes: Uint8Array): Value {
    const { version, value } = decodeTagged(bytes, this.#codecs);
    if (version > this.#version) {
      throw new CadenceError(
        "STORE_NEWER_FORMAT",
        `A value has schema version ${version}; this program knows up to ${this.#version}.`,
        {
          remedy: "Update Modbus Cadence; nothing was changed.",
        },
      );
    }
    return value as Value;
  }
}
