import { describe, expect, it } from "vitest";
import { Batch } from "#storage/batch.ts";
import type { Store } from "#storage/store.ts";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

async function entriesOf(store: Store, range = {}): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for await (const { key, value } of store.range(range)) {
    found.push([Buffer.from(key).toString("latin1"), Buffer.from(value).toString("latin1")]);
  }
  return found;
}

/** What every backend must do, whatever it is made of. `open` gives an empty store. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`${name} keeps the store contract`, () => {
    it("gives back what was put, and undefined for what was not", async () => {
      await using store = await open();
      await store.write(new Batch().put(text("a"), bytes(1, 2, 3)).put(text("empty"), bytes()));
      expect(await store.get(text("a"))).toEqual(bytes(1, 2, 3));
      expect(await store.get(text("empty"))).toEqual(bytes());
      expect(await store.get(text("b"))).toBeUndefined();
    });

    it("lets the later operation on a key win, within a batch and between batches", async () => {
      await using store = await open();
      await store.write(new Batch().put(text("a"), bytes(1)).delete(text("a")).put(text("b"), bytes(1)));
      await store.write(new Batch().put(text("b"), bytes(2)).put(text("c"), bytes(3)));
      await store.bulk(new Batch().delete(text("c")).put(text("d"), bytes(4)));
      expect(await entriesOf(store)).toEqual([
        ["b", "\u0002"],
        ["d", "\u0004"],
      ]);
    });

    it("keeps keys in byte order and answers ranges in both directions", async () => {
      await using store = await open();
      const keys = [bytes(0), bytes(0, 0), bytes(1), bytes(0x7f), bytes(0x80), bytes(0xff), bytes(0xff, 0)];
      const batch = new Batch();
      for (const key of keys.toReversed()) batch.put(key, key);
      await store.write(batch);
      const all: Uint8Array[] = [];
      for await (const key of store.keys()) all.push(key);
      expect(all).toEqual(keys);
      const part: Uint8Array[] = [];
      for await (const key of store.keys({ from: bytes(1), to: bytes(0xff), reverse: true, limit: 2 })) part.push(key);
      expect(part).toEqual([bytes(0x80), bytes(0x7f)]);
    });

    it("iterates over what stood there when the iteration began", async () => {
      await using store = await open();
      await store.write(new Batch().put(text("a"), bytes(1)).put(text("b"), bytes(2)));
      const seen: string[] = [];
      for await (const { key } of store.range()) {
        seen.push(new TextDecoder().decode(key));
        await store.write(new Batch().put(text(`${seen.length}new`), bytes(9)));
      }
      expect(seen).toEqual(["a", "b"]);
    });

    it("writes batches that arrive together, each whole, in order", async () => {
      await using store = await open();
      await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          store.write(new Batch().put(text("k"), bytes(index)).put(text(`n${index}`), bytes(index))),
        ),
      );
      expect(await store.get(text("k"))).toEqual(bytes(49));
      expect((await entriesOf(store)).length).toBe(51);
    });

    it("refuses keys that are empty or too long, and takes nothing of that batch", async () => {
      await using store = await open();
      for (const key of [bytes(), new Uint8Array(1_025)]) {
        await expect(store.write(new Batch().put(text("a"), bytes(1)).put(key, bytes(1)))).rejects.toMatchObject({
          code: "STORE_KEY_INVALID",
        });
      }
      expect(await entriesOf(store)).toEqual([]);
    });

    it("gives iterations that overlap a snapshot each, and survives those that end early", async () => {
      await using store = await open();
      await store.write(new Batch().put(text("a"), bytes(1)).put(text("b"), bytes(2)).put(text("c"), bytes(3)));
      const iterators = Array.from({ length: 8 }, () => store.range()[Symbol.asyncIterator]());
      const begun = await Promise.all(iterators.slice(0, 3).map((iterator) => iterator.next()));
      expect(begun.every(({ value }) => Buffer.from((value as { key: Uint8Array }).key).toString() === "a")).toBe(true);
      await store.write(new Batch().put(text("b"), bytes(9)).delete(text("c")));
      for (const iterator of iterators) await iterator.return?.();
      expect(await entriesOf(store)).toEqual([
        ["a", "\u0001"],
        ["b", "\t"],
      ]);
    });

    it("keeps the caller's hands off its own bytes", async () => {
      await using store = await open();
      await store.write(new Batch().put(text("a"), bytes(1)));
      (await store.get(text("a")))?.fill(9);
      expect(await store.get(text("a"))).toEqual(bytes(1));
    });

    it("can be closed twice, and then says so", async () => {
      const store = await open();
      await store.close();
      await store.close();
      await expect(store.get(text("a"))).rejects.toMatchObject({ code: "STORE_CLOSED" });
      await expect(store.write(new Batch().put(text("a"), bytes(1)))).rejects.toMatchObject({ code: "STORE_CLOSED" });
    });
  });
}
