import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryStore } from "#storage/backends/memory-store.ts";
import { RecordSet } from "#storage/record-set.ts";
import type { Store } from "#storage/store.ts";

interface Device {
  readonly id: string;
  readonly kind: string;
  readonly power: number;
  readonly online?: boolean;
}

const device = (id: string, kind: string, power: number, online?: boolean): Device => ({
  id,
  kind,
  power,
  ...(online === undefined ? {} : { online }),
});
const newSet = (store: Store = new MemoryStore(), indexed = true): RecordSet<Device> =>
  new RecordSet<Device>(store, {
    name: "devices",
    version: 1,
    idOf: ({ id }) => id,
    ...(indexed ? { indexes: ["kind", "power", "online"] as const } : {}),
  });
const ids = (devices: readonly Device[]): string[] => devices.map(({ id }) => id);

async function keysOf(store: Store): Promise<number> {
  let count = 0;
  for await (const _key of store.keys()) count += 1;
  return count;
}

describe("a set of records", () => {
  it("saves, finds, changes, counts and deletes, one and many", async () => {
    const store = new MemoryStore();
    const set = newSet(store);
    await set.saveAll([device("a", "meter", 5), device("b", "pump", -3, true), device("c", "pump", 800, false)]);
    await set.save(device("a", "meter", 7));
    expect(await set.find("a")).toEqual(device("a", "meter", 7));
    expect(await set.findEach(["c", "x"])).toEqual([device("c", "pump", 800, false), undefined]);
    expect([await set.exists("b"), await set.exists("x"), await set.count()]).toEqual([true, false, 3]);
    expect(await set.update("b", { kind: "valve" })).toBe(true);
    expect(await set.update("x", { kind: "valve" })).toBe(false);
    await expect(set.update("b", { id: "z" })).rejects.toMatchObject({ code: "STORE_VALUE_INVALID" });
    expect(ids(await set.findAll({ where: { kind: { is: "valve" } } }))).toEqual(["b"]);
    expect(await set.count({ kind: { is: "pump" } })).toBe(1);
    expect(await set.delete("a", "b", "x", "a")).toBe(2);
    expect(ids(await set.findAll())).toEqual(["c"]);
    await set.delete("c");
    // No index entry outlives its record.
    expect(await keysOf(store)).toBe(0);
  });

  it("orders and pages", async () => {
    const set = newSet();
    await set.saveAll([device("a", "x", 30), device("b", "x", -10), device("c", "y", 20), device("d", "x", 2.5)]);
    expect(ids(await set.findAll({ orderBy: "power" }))).toEqual(["b", "d", "c", "a"]);
    expect(ids(await set.findAll({ orderBy: "power", descending: true, offset: 1, limit: 2 }))).toEqual(["c", "d"]);
    expect(ids(await set.findAll({ offset: 1, limit: 2 }))).toEqual(["b", "c"]);
    expect(ids(await set.findAll({ descending: true, limit: 1 }))).toEqual(["d"]);
  });

  it("finds by its indexes exactly what a search of everything finds", async () => {
    const kinds = fc.oneof(
      fc.constantFrom("", "a", "ab", "abc", "ä", "b\u0001", "z".repeat(140), `${"z".repeat(140)}y`),
      fc.string(),
    );
    const powers = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true }));
    const devices = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 12 }), kinds, powers, fc.option(fc.boolean(), { nil: undefined })),
      { maxLength: 25 },
    );
    const where = fc.oneof(
      fc.record({
        kind: fc.oneof(
          kinds.map((is) => ({ is })),
          kinds.map((startsWith) => ({ startsWith })),
        ),
      }),
      fc.record({ kind: fc.record({ from: kinds, to: kinds }) }),
      fc.record({ power: fc.record({ from: powers, to: powers }) }),
      fc.record({ power: fc.array(powers).map((oneOf) => ({ oneOf })) }),
      fc.record({ online: fc.constantFrom({ is: undefined }, { is: true }, { is: false }) }),
      fc.record({ online: fc.constant({ is: true }), power: powers.map((from) => ({ from })) }),
    );
    await fc.assert(
      fc.asyncProperty(devices, where, async (list, condition) => {
        const [indexed, plain] = [newSet(), newSet(new MemoryStore(), false)];
        for (const [number, kind, power, online] of list) {
          const made = device(`d${number}`, kind, power, online);
          await indexed.save(made);
          await plain.save(made);
        }
        const found = await indexed.findAll({ where: condition as object });
        expect(found).toEqual(await plain.findAll({ where: condition as object }));
      }),
      { numRuns: 300 },
    );
  });

  it("keeps records and indexes together when many change at once", async () => {
    const store = new MemoryStore();
    const set = newSet(store);
    await Promise.all(Array.from({ length: 50 }, (_, index) => set.save(device("a", `kind ${index}`, index))));
    expect((await set.findAll({ where: { kind: { startsWith: "kind" } } })).length).toBe(1);
    expect(await keysOf(store)).toBe(4);
  });

  it("refuses an id with a zero character", async () => {
    await expect(newSet().save(device("a\0b", "x", 1))).rejects.toMatchObject({ code: "STORE_KEY_INVALID" });
  });
});
