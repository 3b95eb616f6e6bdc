import { Batch } from "./batch.ts";
import { prefixRange } from "./keys.ts";
import { type Capabilities, type Entry, type KeyRange, longestKey, type Store } from "./store.ts";
import { checkBatch, checkKey, storeClosed } from "./backends/checks.ts";

/** The keys of a store that begin with a prefix, as a store of their own. Closing it leaves the store below open. */
export class PrefixStore implements Store {
  readonly #store: Store;
  readonly #prefix: Uint8Array;
  #closed = false;

  /** `prefix` must hold a byte below 255. */
  constructor(store: Store, prefix: Uint8Array) {
    this.#store = store;
    this.#prefix = prefix;
  }

  get capabilities(): Capabilities {
    return this.#store.capabilities;
  }

  /** Longest key of this view, in bytes. */
  get longestKey(): number {
    return longestKey - this.#prefix.length;
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    this.#check();
    checkKey(key, this.longestKey);
    return this.#store.get(this.#inside(key));
  }

  async *range(range: KeyRange = {}): AsyncGenerator<Entry> {
    this.#check();
    for await (const { key, value } of this.#store.range(this.#rangeInside(range))) {
      yield { key: this.#outside(key), value };
    }
  }

  async *keys(range: KeyRange = {}): AsyncGenerator<Uint8Array> {
    this.#check();
    for await (const key of this.#store.keys(this.#rangeInside(range))) yield this.#outside(key);
  }

  async write(batch: Batch): Promise<void> {
    await this.#store.write(this.#batchInside(batch));
  }

  async bulk(batch: Batch): Promise<void> {
    await this.#store.bulk(this.#batchInside(batch));
  }

  async sync(): Promise<void> {
    this.#check();
    await this.#store.sync();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#store.sync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #check(): void {
    if (this.#closed) throw storeClosed();
  }

  #inside(key: Uint8Array): Uint8Array {
    return new Uint8Array(Buffer.concat([this.#prefix, key]));
  }

  #outside(key: Uint8Array): Uint8Array {
    return key.slice(this.#prefix.length);
  }

  #rangeInside({ from, to, ...rest }: KeyRange): KeyRange {
    const all = prefixRange(this.#prefix);
    return {
      ...rest,
      from: from === undefined ? all.from : this.#inside(from),
      to: to === undefined ? all.to : this.#inside(to),
    };
  }

  #batchInside(batch: Batch): Batch {
    this.#check();
    checkBatch(batch, this.longestKey);
    const inside = new Batch();
    for (const operation of batch.operations) {
      if (operation.kind === "put") inside.put(this.#inside(operation.key), operation.value);
      else inside.delete(this.#inside(operation.key));
    }
    return inside;
  }
}
