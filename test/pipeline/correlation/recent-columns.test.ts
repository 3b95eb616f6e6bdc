import { expect, it } from "vitest";
import { RecentColumns } from "#pipeline/correlation/recent-columns.ts";
import { findIdentities } from "#pipeline/identities/find-identities.ts";
import { observe, observeFrom } from "#pipeline/identities/observed.ts";
import { autoregressive, finish } from "../../support/signals.ts";

const kept = 1_024;
const grace = 256;

it("has the oldest dropped, and gives its memory back when whoever has it at hand is done", () => {
  const recent = new RecentColumns();
  const dropped: string[] = [];
  const holder = { drop: (name: string): void => void dropped.push(name) };
  const first = Float64Array.of(1, 2, 3);
  recent.add(holder, "first", first);
  const addMore = (count: number): void => {
    for (let index = 0; index < count; index += 1) recent.add(holder, "more", new Float64Array(3));
  };
  addMore(kept - 1);
  expect(dropped).toEqual([]);
  addMore(1);
  expect(dropped).toEqual(["first"]);
  addMore(grace - 1);
  expect([...first]).toEqual([1, 2, 3]);
  addMore(1);
  expect(first.length).toBe(0);
  expect(dropped).toHaveLength(1 + grace);
});

it("changes nothing of what is found, though one entity is compared with more than are kept", () => {
  const count = kept + 2 * grace;
  // The last, which is shown more finely, is the same as the first.
  const values = Array.from({ length: count }, (_, index) =>
    Float64Array.from(autoregressive(0.9, 64, index % (count - 1)), (value) => Math.round(value * 1_000)),
  );
  const steps = values.map((_, index) => (index === count - 1 ? 0.5 : 1));
  const ids = values.map((_, index) => `sensor.a${String(index).padStart(5, "0")}`);
  const relatives = (entityId: string): readonly string[] => (entityId === ids[0] ? ids.slice(1) : []);
  const recent = new RecentColumns();
  const columns = new Map<string, Float64Array<ArrayBuffer>>();
  const holder = { drop: (name: string): void => void columns.delete(name) };
  const valuesOf = (index: number): Float64Array => {
    const id = ids[index] as string;
    const known = columns.get(id);
    if (known !== undefined) return known;
    const column = Float64Array.from(values[index] as Float64Array);
    columns.set(id, column);
    recent.add(holder, id, column);
    return column;
  };
  const whole = finish(
    findIdentities(
      ids.map((id, index) => observe(id, values[index] as Float64Array, steps[index])),
      { relatives },
    ),
  );
  const recomputed = finish(
    findIdentities(
      ids.map((id, index) => observeFrom(id, () => valuesOf(index), steps[index])),
      { relatives },
    ),
  );
  expect(whole).toMatchObject([{ kind: "same", entityId: ids[0], terms: [ids.at(-1)] }]);
  expect(recomputed).toEqual(whole);
});
