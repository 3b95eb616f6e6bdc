import { CadenceError } from "#core/errors.ts";
import { Mutex } from "#core/mutex.ts";
import type { Batch } from "./batch.ts";
import { Collection, type CollectionSpec } from "./collection.ts";
import type { Store } from "./store.ts";

const onlyKey = "";

export interface DocumentSpec<Value> extends CollectionSpec {
  /** What `read` gives for a document, or for fields of one, that are not there. */
  readonly defaults?: Value;
  /** What is wrong with a value, as a sentence; undefined when nothing is. Nothing else is stored. */
  readonly check?: (value: Value) => string | undefined;
}

/** One typed value: a collection of one. */
export class Document<Value> {
  readonly #collection: Collection<Value>;
  readonly #spec: DocumentSpec<Value>;
  readonly #changing = new Mutex();

  constructor(store: Store, spec: DocumentSpec<Value>) {
    this.#collection = new Collection<Value>(store, spec);
    this.#spec = spec;
  }

  /** As it is stored; undefined when it is not. */
  get(): Promise<Value | undefined> {
    return this.#collection.get(onlyKey);
  }

  /** With the defaults in the place of what is missing, field by field and deeply. Throws STORE_VALUE_INVALID without defaults. */
  async read(): Promise<Value> {
    const stored = await this.get();
    const { defaults } = this.#spec;
    if (defaults === undefined && stored === undefined)
      throw new CadenceError("STORE_VALUE_INVALID", `The document “${this.#spec.name}” has no value and no defaults.`);
    return withDefaults(stored, defaults) as Value;
  }

  /** Throws STORE_VALUE_INVALID when the check finds a fault; nothing is then changed. */
  async put(value: Value): Promise<void> {
    this.#check(value);
    await this.#collection.put(onlyKey, value);
  }

  /** One change after the other: each sees what the one before has made. Resolves with the new value. */
  update(change: (value: Value) => Value): Promise<Value> {
    return this.#changing.run(async () => {
      const value = change(await this.read());
      await this.put(value);
      return value;
    });
  }

  stagePut(batch: Batch, value: Value): void {
    this.#check(value);
    this.#collection.stagePut(batch, onlyKey, value);
  }

  #check(value: Value): void {
    const fault = this.#spec.check?.(value);
    if (fault === undefined) return;
    throw new CadenceError("STORE_VALUE_INVALID", `The document “${this.#spec.name}” would not be valid: ${fault}`, {
      remedy: "Nothing was changed.",
    });
  }
}

function withDefaults(value: unknown, defaults: unknown): unknown {
  if (value === undefined) return structuredClone(defaults);
  if (!isPlain(value) || !isPlain(defaults)) return value;
  const missing = Object.keys(defaults).filter((key) => !(key in value));
  const known = Object.entries(value).map(([key, each]) => [key, withDefaults(each, defaults[key])] as const);
  return Object.fromEntries([...known, ...missing.map((key) => [key, structuredClone(defaults[key])] as const)]);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
