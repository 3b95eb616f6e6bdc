import type { Batch } from "../batch.ts";
import { fromLatin1, latin1 } from "../chunk/batch-frame.ts";
import type { Capabilities, Entry, KeyRange, Store } from "../store.ts";
import { checkBatch, checkKey, storeClosed } from "./checks.ts";
import { SortedKeys } from "./sorted-keys.ts";

/** Ordered bytes that end with the process; for tests and throw-away work. */
export class MemoryStore implements Store {
  readonly capabilities: Capabilities = { durable: false, bulk: false };
  readonly #sorted = new SortedKeys();
  readonly #values = new Map<string, Uint8Array>();
  #closed = false;

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    this.#check(key);
    return this.#values.get(latin1(key))?.slice();
  }

  async *range(range: KeyRange = {}): AsyncGenerator<Entry> {
    const entries = this.#keys(range).map((key) => ({ key, value: this.#values.get(key) as Uint8Array }));
    for (const { key, value } of entries) yield { key: fromLatin1(key), value: value.slice() };
  }

  async *keys(range: KeyRange = {}): AsyncGenerator<Uint8Array> {
    for (const key of this.#keys(range)) yield fromLatin1(key);
  }

  async write(batch: Batch): Promise<void> {
    if (this.#closed) throw storeClosed();
    checkBatch(batch);
    for (const operation of batch.operations) {
      const key = latin1(operation.key);
      if (operation.kind === "put") {
        if (!this.#values.has(key)) this.#sorted.add(key);
        this.#values.set(key, operation.value.slice());
      } else {
        this.#sorted.delete(key);
        this.#values.delete(key);
      }
    }
  }

  async bulk(batch: Batch): Promise<void> {
    await this.write(batch);
  }

  async sync(): Promise<void> {
    if (this.#closed) throw storeClosed();
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #check(key: Uint8Array): void {
    if (this.#closed) throw storeClosed();
    checkKey(key);
  }

  #keys(range: KeyRange): string[] {
    if (this.#closed) throw storeClosed();
    return this.#sorted.keys(range);
  }
}
