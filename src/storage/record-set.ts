// Over 200 lines of one thing: records, their index entries and the queries that use both change together.
import { CadenceError } from "#core/errors.ts";
import { Mutex } from "#core/mutex.ts";
import { Batch } from "./batch.ts";
import { Collection, type CollectionSpec } from "./collection.ts";
import { KeySpace, keyOf, keyText, orderedF64, prefixRange, textKey } from "./keys.ts";
import type { KeyRange, Store } from "./store.ts";

/** What can be ordered and looked up. */
export type Indexable = string | number | boolean | undefined;

/** What a field has to be; all that are given must hold. A field that is absent matches only `is: undefined`. */
export interface Condition<Field> {
  readonly is?: Field;
  readonly oneOf?: readonly Field[];
  /** At least; of numbers and texts. */
  readonly from?: Field;
  /** Less than. */
  readonly to?: Field;
  readonly startsWith?: Field extends string ? string : never;
}

export type Where<Value> = { readonly [Field in keyof Value]?: Condition<Value[Field]> };

export interface FindOptions<Value> {
  readonly where?: Where<Value>;
  /** @default in the order of their ids */
  readonly orderBy?: keyof Value;
  readonly descending?: boolean;
  /** Records to leave out at the beginning. */
  readonly offset?: number;
  readonly limit?: number;
}

export interface RecordSetSpec<Value> extends CollectionSpec {
  readonly idOf: (value: Value) => string;
  /** Fields by which records are found without reading the others. */
  readonly indexes?: readonly (keyof Value & string)[];
}

/** Index entries hold so much of a text: records that share it are told apart when they are read. */
const longestIndexedText = 128;
const readAtOnce = 64;

/**
 * Records with an id and fields: found by id, or by typed conditions on their fields, in order and in pages. A record and its index entries change in one batch;
 * changes come one after the other.
 */
export class RecordSet<Value extends object> {
  readonly #store: Store;
  readonly #spec: RecordSetSpec<Value>;
  readonly #records: Collection<Value>;
  readonly #changing = new Mutex();

  constructor(store: Store, spec: RecordSetSpec<Value>) {
    this.#store = store;
    this.#spec = spec;
    this.#records = new Collection<Value>(store, spec);
  }

  find(id: string): Promise<Value | undefined> {
    return this.#records.get(id);
  }

  /** In the order of `ids`; undefined where there is none. */
  findEach(ids: readonly string[]): Promise<readonly (Value | undefined)[]> {
    return Promise.all(ids.map((id) => this.find(id)));
  }

  async exists(id: string): Promise<boolean> {
    return (await this.find(id)) !== undefined;
  }

  /** Makes a record or replaces it. */
  save(value: Value): Promise<void> {
    return this.saveAll([value]);
  }

  /** All of them, or none. */
  saveAll(values: readonly Value[]): Promise<void> {
    return this.#changing.run(async () => {
      const batch = new Batch();
      const last = new Map(values.map((value) => [this.#spec.idOf(value), value]));
      for (const [id, value] of last) {
        this.#stageIndexes(batch, id, await this.find(id), value);
        this.#records.stagePut(batch, id, value);
      }
      await this.#store.write(batch);
    });
  }

  /** Changes some fields of a record. False when there is none. Throws STORE_VALUE_INVALID when the id would change. */
  update(id: string, change: Partial<Value>): Promise<boolean> {
    return this.#changing.run(async () => {
      const before = await this.find(id);
      if (before === undefined) return false;
      const after = { ...before, ...change };
      if (this.#spec.idOf(after) !== id)
        throw new CadenceError("STORE_VALUE_INVALID", `A record cannot change its id “${id}”.`);
      const batch = new Batch();
      this.#stageIndexes(batch, id, before, after);
      this.#records.stagePut(batch, id, after);
      await this.#store.write(batch);
      return true;
    });
  }

  /** The number of records that were there and are gone. */
  delete(...ids: readonly string[]): Promise<number> {
    return this.#changing.run(async () => {
      const batch = new Batch();
      let deleted = 0;
      for (const id of new Set(ids)) {
        const before = await this.find(id);
        if (before === undefined) continue;
        this.#stageIndexes(batch, id, before, undefined);
        this.#records.stageDelete(batch, id);
        deleted += 1;
      }
      if (batch.size > 0) await this.#store.write(batch);
      return deleted;
    });
  }

  /** Everything that matches. Conditions on an indexed field, the first there is, decide what is read. */
  async findAll({ where = {}, orderBy, descending = false, offset = 0, limit }: FindOptions<Value> = {}): Promise<
    readonly Value[]
  > {
    const end = offset + (limit ?? Number.POSITIVE_INFINITY);
    const found: Value[] = [];
    // Candidates come in the order of their ids: what needs no other order ends with the page.
    const enough = orderBy === undefined && !descending ? end : Number.POSITIVE_INFINITY;
    for await (const value of this.#candidates(where)) {
      if (!matches(value, where)) continue;
      found.push(value);
      if (found.length >= enough) break;
    }
    if (orderBy !== undefined) found.sort((a, b) => compare(a[orderBy] as Indexable, b[orderBy] as Indexable));
    if (descending) found.reverse();
    return found.slice(offset, end);
  }

  async count(where?: Where<Value>): Promise<number> {
    return where === undefined ? this.#records.count() : (await this.findAll({ where })).length;
  }

  async *#candidates(where: Where<Value>): AsyncGenerator<Value> {
    const field = this.#spec.indexes?.find((name) => where[name] !== undefined);
    const condition = field === undefined ? undefined : (where[field] as Condition<Indexable>);
    const ranges = field === undefined || condition === undefined ? undefined : this.#rangesOf(field, condition);
    if (ranges === undefined) {
      for await (const [, value] of this.#records.entries()) yield value;
      return;
    }
    const ids = new Set<string>();
    for (const range of ranges)
      for await (const key of this.#store.keys(range)) ids.add(keyText(key.subarray(key.lastIndexOf(0) + 1)));
    const sorted = [...ids].toSorted((a, b) => Buffer.compare(textKey(a), textKey(b)));
    for (let begin = 0; begin < sorted.length; begin += readAtOnce) {
      const values = await this.findEach(sorted.slice(begin, begin + readAtOnce));
      for (const value of values) if (value !== undefined) yield value;
    }
  }

  /** Stretches of the index in which everything that fulfils a condition stands; undefined when that is everywhere. */
  #rangesOf(field: string, condition: Condition<Indexable>): KeyRange[] | undefined {
    const prefix = this.#indexPrefix(field);
    const at = (value: Indexable): Uint8Array => concat(prefix, orderedValue(value));
    const exactly = (value: Indexable): KeyRange =>
      prefixRange(typeof value === "string" && !isCutOff(value) ? concat(at(value), Uint8Array.of(0)) : at(value));
    if ("is" in condition) return [exactly(condition.is)];
    if (condition.oneOf !== undefined) return condition.oneOf.map(exactly);
    if (condition.startsWith !== undefined) return [prefixRange(concat(prefix, orderedText(condition.startsWith)))];
    const { from, to } = condition;
    if (from === undefined && to === undefined) return undefined;
    const kind = prefixRange(concat(prefix, orderedValue(from ?? to).subarray(0, 1)));
    // A text that is cut off stands where its beginning does: the end takes those in, and the record decides.
    return [
      { from: from === undefined ? kind.from : at(from), to: to === undefined ? kind.to : prefixRange(at(to)).to },
    ];
  }

  #stageIndexes(batch: Batch, id: string, before: Value | undefined, after: Value | undefined): void {
    for (const field of this.#spec.indexes ?? []) {
      const gone = before === undefined ? undefined : this.#indexKey(field, before[field] as Indexable, id);
      const made = after === undefined ? undefined : this.#indexKey(field, after[field] as Indexable, id);
      if (gone !== undefined && made !== undefined && Buffer.compare(gone, made) === 0) continue;
      if (gone !== undefined) batch.delete(gone);
      if (made !== undefined) batch.put(made, new Uint8Array());
    }
  }

  /** Throws STORE_KEY_INVALID for an id with a zero in it: that ends what stands before the id. */
  #indexKey(field: string, value: Indexable, id: string): Uint8Array {
    if (id.includes("\0")) throw new CadenceError("STORE_KEY_INVALID", "The id of a record holds a zero character.");
    return concat(this.#indexPrefix(field), orderedValue(value), Uint8Array.of(0), textKey(id));
  }

  #indexPrefix(field: string): Uint8Array {
    const zero = Uint8Array.of(0);
    return keyOf(KeySpace.index, textKey(this.#spec.name), zero, textKey(field), zero);
  }
}

function matches<Value extends object>(value: Value, where: Where<Value>): boolean {
  return (Object.keys(where) as (keyof Value)[]).every((field) => fulfils(value[field], where[field] as object));
}

function fulfils(value: unknown, condition: Condition<unknown>): boolean {
  const { oneOf, from, to, startsWith } = condition as Condition<string>;
  if ("is" in condition && value !== condition.is) return false;
  if (oneOf !== undefined && !oneOf.includes(value as string)) return false;
  if (from !== undefined && !(value !== undefined && typeof value === typeof from && (value as string) >= from))
    return false;
  if (to !== undefined && !(value !== undefined && typeof value === typeof to && (value as string) < to)) return false;
  return startsWith === undefined || (typeof value === "string" && value.startsWith(startsWith));
}

/** Absent before false before true before numbers before texts; texts by their UTF-8 bytes, as in an index. */
function compare(a: Indexable, b: Indexable): number {
  return Buffer.compare(wholeValue(a), wholeValue(b));
}

const kinds = { absent: 1, no: 2, yes: 3, number: 4, text: 5 } as const;

function wholeValue(value: Indexable): Uint8Array {
  return typeof value === "string" ? concat(Uint8Array.of(kinds.text), textKey(value)) : orderedValue(value);
}

/** Bytes in the order of the values, none of them 0 at a place where the id could begin. */
function orderedValue(value: Indexable): Uint8Array {
  if (value === undefined) return Uint8Array.of(kinds.absent);
  if (typeof value === "boolean") return Uint8Array.of(value ? kinds.yes : kinds.no);
  if (typeof value === "number") return concat(Uint8Array.of(kinds.number), orderedF64(value));
  return orderedText(value);
}

function orderedText(value: string): Uint8Array {
  return concat(Uint8Array.of(kinds.text), textKey(value).subarray(0, longestIndexedText));
}

function isCutOff(value: string): boolean {
  return textKey(value).length > longestIndexedText;
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
