import { CadenceError, isCadenceError } from "#core/errors.ts";
import { Mutex } from "#core/mutex.ts";
import { Batch, type Operation } from "./batch.ts";
import { fromLatin1, latin1 } from "./chunk/batch-frame.ts";
import type { Entry, KeyRange, Store } from "./store.ts";

/**
 * Transactions over one store: they commit one after the other, so that of two that were made from the same record one fails.
 *
 *     await using transaction = transactions.begin();
 *     transaction.put(key, value);
 *     await transaction.commit();
 */
export class Transactions {
  readonly #store: Store;
  readonly #committing = new Mutex();

  constructor(store: Store) {
    this.#store = store;
  }

  begin(): Transaction {
    return new Transaction(this.#store, this.#committing);
  }

  /** Runs `work` in a transaction and commits it; begins anew, at most `tries` times in all, when somebody else was faster. */
  async run<Result>(work: (transaction: Transaction) => Promise<Result>, tries = 5): Promise<Result> {
    for (let left = tries - 1; ; left -= 1) {
      await using transaction = this.begin();
      const result = await work(transaction);
      try {
        await transaction.commit();
        return result;
      } catch (error) {
        if (left <= 0 || !isCadenceError(error, "STORE_CONFLICT")) throw error;
      }
    }
  }
}

/**
 * Reads its own writes over a store, and writes all of them as one batch at `commit`. Disposing it without a commit forgets them. What
 * it has read by key must still be so at the commit. Writes that go past transactions are noticed only when they come before the commit.
 */
export class Transaction implements AsyncDisposable {
  readonly #store: Store;
  readonly #committing: Mutex;
  readonly #changes = new Map<string, Operation>();
  /** Keys that were read from the store, with what they held. */
  readonly #seen = new Map<string, Uint8Array | undefined>();
  readonly #savepoints: ReadonlyMap<string, Operation>[] = [];
  #state: "open" | "committed" | "rolled back" = "open";

  constructor(store: Store, committing: Mutex) {
    this.#store = store;
    this.#committing = committing;
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    this.#check();
    const change = this.#changes.get(latin1(key));
    if (change !== undefined) return change.kind === "put" ? change.value.slice() : undefined;
    const value = await this.#store.get(key);
    if (!this.#seen.has(latin1(key))) this.#seen.set(latin1(key), value);
    return value?.slice();
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#check();
    this.#changes.set(latin1(key), { kind: "put", key, value });
  }

  delete(key: Uint8Array): void {
    this.#check();
    this.#changes.set(latin1(key), { kind: "delete", key });
  }

  /** The store's entries with this transaction's changes in their places. Ranges are not watched for conflicts. */
  async *range(range: KeyRange = {}): AsyncGenerator<Entry> {
    this.#check();
    const { limit = Number.POSITIVE_INFINITY, ...whole } = range;
    const mine = this.#changesIn(range);
    const comesFirst = (a: string, b: string): boolean => (range.reverse === true ? a > b : a < b);
    let given = 0;
    let next = mine.shift();
    const own = function* (until?: string): Generator<Entry> {
      while (next !== undefined && (until === undefined || !comesFirst(until, next[0]))) {
        const [, change] = next;
        next = mine.shift();
        if (change.kind === "put") yield { key: change.key, value: change.value.slice() };
      }
    };
    for await (const entry of this.#store.range(whole)) {
      const key = latin1(entry.key);
      const replaced = this.#changes.has(key);
      for (const change of own(key)) {
        if (given++ >= limit) return;
        yield change;
      }
      if (replaced) continue;
      if (given++ >= limit) return;
      yield entry;
    }
    for (const change of own()) {
      if (given++ >= limit) return;
      yield change;
    }
  }

  #changesIn({ from, to, reverse = false }: KeyRange): [string, Operation][] {
    const low = from === undefined ? undefined : latin1(from);
    const high = to === undefined ? undefined : latin1(to);
    const inside = [...this.#changes].filter(
      ([key]) => (low === undefined || key >= low) && (high === undefined || key < high),
    );
    const sorted = inside.toSorted(([a], [b]) => (a < b ? -1 : 1));
    return reverse ? sorted.toReversed() : sorted;
  }

  /** Keys that are changed so far. */
  get size(): number {
    return this.#changes.size;
  }

  /** What was changed since can be undone by `rollbackTo` the number returned. */
  savepoint(): number {
    this.#check();
    return this.#savepoints.push(new Map(this.#changes)) - 1;
  }

  /** Forgets the changes since a savepoint, and the savepoints behind it. */
  rollbackTo(savepoint: number): void {
    this.#check();
    const saved = this.#savepoints[savepoint];
    if (saved === undefined) throw new CadenceError("INTERNAL", `There is no savepoint ${savepoint}.`);
    this.#savepoints.length = savepoint + 1;
    this.#changes.clear();
    for (const [key, operation] of saved) this.#changes.set(key, operation);
  }

  /**
   * Writes everything as one batch. Throws STORE_CONFLICT, and what the store throws; nothing is then written, and the transaction
   * is over.
   */
  async commit(): Promise<void> {
    this.#check();
    this.#state = "rolled back";
    using _held = await this.#committing.acquire();
    for (const [key, before] of this.#seen) {
      const now = await this.#store.get(fromLatin1(key));
      if (!sameBytes(before, now)) {
        throw new CadenceError("STORE_CONFLICT", "Somebody changed a record that this change was made from.", {
          remedy: "Read it again and repeat the change.",
          details: { key },
        });
      }
    }
    const batch = new Batch();
    for (const operation of this.#changes.values()) {
      if (operation.kind === "put") batch.put(operation.key, operation.value);
      else batch.delete(operation.key);
    }
    if (batch.size > 0) await this.#store.write(batch);
    this.#state = "committed";
  }

  rollback(): void {
    if (this.#state === "open") this.#state = "rolled back";
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.rollback();
    return Promise.resolve();
  }

  #check(): void {
    if (this.#state !== "open") throw new CadenceError("STORE_CLOSED", `The transaction is ${this.#state} already.`);
  }
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
