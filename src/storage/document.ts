import type { Batch } from "./batch.ts";
import { Collection, type CollectionSpec } from "./collection.ts";
import type { Store } from "./store.ts";

const onlyKey = "";

/** One typed value: a collection of one. */
export class Document<Value> {
  readonly #collection: Collection<Value>;

  constructor(store: Store, spec: CollectionSpec) {
    this.#collection = new Collection<Value>(store, spec);
  }

  get(): Promise<Value | undefined> {
    return this.#collection.get(onlyKey);
  }

  put(value: Value): Promise<void> {
    return this.#collection.put(onlyKey, value);
  }

  stagePut(batch: Batch, value: Value): void {
    this.#collection.stagePut(batch, onlyKey, value);
  }
}
