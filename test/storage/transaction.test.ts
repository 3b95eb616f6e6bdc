import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Batch } from "#storage/batch.ts";
import { MemoryStore } from "#storage/backends/memory-store.ts";
import type { KeyRange } from "#storage/store.ts";
import { Transactions } from "#storage/transaction.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const word = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : new TextDecoder().decode(bytes);

async function newStore(entries: Readonly<Record<string, string>> = {}) {
  const store = new MemoryStore();
  const batch = new Batch();
  for (const [key, value] of Object.entries(entries)) batch.put(text(key), text(value));
  if (batch.size > 0) await store.write(batch);
  return { store, transactions: new Transactions(store) };
}

async function contentOf(
  from: { range(range?: KeyRange): AsyncIterable<{ key: Uint8Array; value: Uint8Array }> },
  range?: KeyRange,
) {
  const entries: [string, string][] = [];
  for await (const { key, value } of from.range(range)) entries.push([word(key) as string, word(value) as string]);
  return entries;
}

describe("a transaction", () => {
  it("reads its own writes; others see them after the commit, all at once", async () => {
    const { store, transactions } = await newStore({ a: "1", b: "2" });
    await using transaction = transactions.begin();
    transaction.put(text("a"), text("9"));
    transaction.delete(text("b"));
    transaction.put(text("c"), text("3"));
    expect([word(await transaction.get(text("a"))), await transaction.get(text("b"))]).toEqual(["9", undefined]);
    expect(await contentOf(store)).toEqual([
      ["a", "1"],
      ["b", "2"],
    ]);
    await transaction.commit();
    expect(await contentOf(store)).toEqual([
      ["a", "9"],
      ["c", "3"],
    ]);
  });

  it("that is disposed of without a commit was never there, and is over", async () => {
    const { store, transactions } = await newStore({ a: "1" });
    const transaction = transactions.begin();
    transaction.put(text("a"), text("9"));
    await transaction[Symbol.asyncDispose]();
    expect(await contentOf(store)).toEqual([["a", "1"]]);
    expect(() => transaction.put(text("a"), text("8"))).toThrow("The transaction is rolled back already.");
    await expect(transaction.commit()).rejects.toMatchObject({ code: "STORE_CLOSED" });
  });

  it("gives ranges with its changes in their places, in both directions and up to a limit", async () => {
    const pairs = fc.dictionary(fc.constantFrom("a", "b", "c", "d", "e"), fc.constantFrom("1", "2"));
    const changes = fc.array(
      fc.tuple(fc.constantFrom("a", "b", "c", "d", "e", "f"), fc.option(fc.constantFrom("8", "9"))),
    );
    const bound = fc.option(fc.constantFrom("a", "b", "c", "d", "e", "f"), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(
        pairs,
        changes,
        bound,
        bound,
        fc.boolean(),
        fc.option(fc.nat(4), { nil: undefined }),
        async (stored, changed, from, to, reverse, limit) => {
          const { transactions } = await newStore(stored);
          await using transaction = transactions.begin();
          const model = new Map<string, string>(Object.entries(stored));
          for (const [key, value] of changed) {
            if (value === null) {
              transaction.delete(text(key));
              model.delete(key);
            } else {
              transaction.put(text(key), text(value));
              model.set(key, value);
            }
          }
          const inside = [...model]
            .filter(([key]) => (from === undefined || key >= from) && (to === undefined || key < to))
            .toSorted(([a], [b]) => (a < b ? -1 : 1));
          const expected = (reverse ? inside.toReversed() : inside).slice(0, limit);
          const range: KeyRange = {
            reverse,
            ...(from === undefined ? {} : { from: text(from) }),
            ...(to === undefined ? {} : { to: text(to) }),
            ...(limit === undefined ? {} : { limit }),
          };
          expect(await contentOf(transaction, range)).toEqual(expected);
        },
      ),
    );
  });

  it("goes back to a savepoint, and forgets those behind it", async () => {
    const { store, transactions } = await newStore();
    await using transaction = transactions.begin();
    transaction.put(text("a"), text("1"));
    const first = transaction.savepoint();
    transaction.put(text("a"), text("2"));
    const second = transaction.savepoint();
    transaction.put(text("b"), text("3"));
    transaction.rollbackTo(first);
    expect(() => transaction.rollbackTo(second)).toThrow(`There is no savepoint ${second}.`);
    await transaction.commit();
    expect(await contentOf(store)).toEqual([["a", "1"]]);
  });
});

describe("two transactions", () => {
  it("made from the same record: the second one fails, whole", async () => {
    const { store, transactions } = await newStore({ count: "1" });
    const [first, second] = [transactions.begin(), transactions.begin()];
    await first.get(text("count"));
    await second.get(text("count"));
    first.put(text("count"), text("2"));
    second.put(text("count"), text("2"));
    second.put(text("other"), text("x"));
    await first.commit();
    await expect(second.commit()).rejects.toMatchObject({ code: "STORE_CONFLICT" });
    expect(await contentOf(store)).toEqual([["count", "2"]]);
  });

  it("that count, count right: fifty at once, each tried again until it comes first", async () => {
    const { store, transactions } = await newStore({ count: "0" });
    const add = (): Promise<void> =>
      transactions.run(async (transaction) => {
        const count = Number(word(await transaction.get(text("count"))));
        transaction.put(text("count"), text(String(count + 1)));
      }, 100);
    await Promise.all(Array.from({ length: 50 }, add));
    expect(word(await store.get(text("count")))).toBe("50");
  });
});
