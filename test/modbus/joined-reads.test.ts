import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { serialReadSeconds } from "#modbus/cost-model.ts";
import { joinReads } from "#modbus/joined-reads.ts";
import type { YamlEntity } from "#model/yaml-hub.ts";
import { serialHub as hub, yamlEntity as entity } from "../support/modbus-hub.ts";

const join = (entities: readonly YamlEntity[]) => joinReads(hub(entities), ({ interval }) => interval);
const short = (entities: readonly YamlEntity[]) =>
  join(entities).map(({ address, count, interval }) => [address, count, interval]);

describe("reads that are put together", () => {
  it("are those of neighbours with the same interval, with a hole where that costs less than a request", () => {
    expect(short([entity(0, 5), entity(1, 5), entity(4, 5), entity(90, 5)])).toEqual([
      [0, 5, 5],
      [90, 1, 5],
    ]);
  });

  it("are not those of a fast one and slow ones that would be dragged along for long", () => {
    const slow = Array.from({ length: 60 }, (_, index) => entity(1 + index, 60));
    expect(short([entity(0, 1), ...slow])).toEqual([
      [0, 1, 1],
      [1, 60, 60],
    ]);
    // One slow one beside it is cheaper to take along.
    expect(short([entity(0, 1), entity(1, 2)])).toEqual([[0, 2, 1]]);
  });

  it("never reach over a device, a kind of register, or what one request may ask for", () => {
    const all = [
      ...Array.from({ length: 200 }, (_, index) => entity(index, 5)),
      entity(0, 5, { unit: 2 }),
      entity(1, 5, { reads: [{ registerType: "holding", address: 1, count: 1 }] }),
      entity(2, 0),
      entity(3, 5, { reads: [] }),
    ];
    const joined = join(all);
    expect(joined.map(({ unit, registerType }) => `${unit} ${registerType}`)).toEqual([
      "1 input",
      "1 input",
      "2 input",
      "1 holding",
    ]);
    for (const { count } of joined) expect(count).toBeLessThanOrEqual(125);
    expect(joined.flatMap(({ entityIds }) => entityIds).length).toBe(202);
  });

  it("are charged as the line is, and the best of all ways", () => {
    expect(join([entity(0, 2, { count: 4 })])[0]?.share).toBeCloseTo(serialReadSeconds(4) / 2, 10);
    const row = fc.uniqueArray(fc.record({ at: fc.nat(40), every: fc.constantFrom(1, 2, 5, 30) }), {
      minLength: 1,
      maxLength: 8,
      selector: ({ at }) => at,
    });
    fc.assert(
      fc.property(row, (parts) => {
        const entities = parts.toSorted((a, b) => a.at - b.at).map(({ at, every }) => entity(at, every));
        const found = join(entities).reduce((sum, { share }) => sum + share, 0);
        let least = Number.POSITIVE_INFINITY;
        // Every way to cut the row.
        for (let cuts = 0; cuts < 2 ** (entities.length - 1); cuts += 1) {
          let [load, from] = [0, 0];
          for (let index = 0; index < entities.length; index += 1) {
            if (index < entities.length - 1 && ((cuts >> index) & 1) === 0) continue;
            const part = entities.slice(from, index + 1);
            const count = (part.at(-1)?.reads[0]?.address ?? 0) + 1 - (part[0]?.reads[0]?.address ?? 0);
            load += serialReadSeconds(count) / Math.min(...part.map(({ interval }) => interval));
            from = index + 1;
          }
          least = Math.min(least, load);
        }
        expect(found).toBeCloseTo(least, 9);
      }),
      { numRuns: 100 },
    );
  });

  it("take a moment for thousands of registers", () => {
    const all = Array.from({ length: 5_000 }, (_, index) => entity(index * 2, [1, 5, 60][index % 3] as number));
    const joined = join(all);
    expect(joined.flatMap(({ entityIds }) => entityIds).length).toBe(5_000);
  });
});
