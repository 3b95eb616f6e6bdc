import { describe, expect, it } from "vitest";
import { backTest, type BackTest, policyNames } from "#pipeline/polling/back-test.ts";
import { commonTick, polledGrid } from "#pipeline/polling/polled-grid.ts";
import { readingsOf } from "../../support/readings.ts";
import { seeded } from "../../support/random.ts";
import { autoregressive } from "../../support/signals.ts";

function test(columns: readonly (readonly number[])[], uniform: number): BackTest {
  const work = backTest(
    { columns: columns.map((each) => Float64Array.from(each)), uniform, objective: "error" },
    seeded(1),
  );
  let next = work.next();
  while (next.done !== true) next = work.next();
  return next.value;
}

const rows = 4_000;
const house = [
  autoregressive(1, rows, 1),
  autoregressive(1, rows, 2).map((value) => Math.round(value / 8)),
  autoregressive(0, rows, 3),
  Array<number>(rows).fill(5),
  Array<number>(rows).fill(6),
];

describe("a back-test", () => {
  it("compares all policies at the same load, and is the same again", () => {
    const { policies, gainShare } = test(house, 6);
    expect(policies.map(({ name }) => name)).toEqual(policyNames);
    for (const { name, load } of policies) if (name !== "mean gap / 3") expect(load).toBeLessThan(1.01);
    const of = (name: string) => policies.find((policy) => policy.name === name)!;
    expect(of("plan").against.high).toBeLessThan(0);
    expect(of("drive").against.high).toBeLessThan(0);
    expect(of("clairvoyant").error).toBeLessThanOrEqual(of("uniform").error);
    expect([gainShare.uniform, gainShare.clairvoyant]).toEqual([0, 1]);
    expect(of("uniform").against).toEqual({ mean: 0, low: 0, high: 0 });
    expect(test(house, 6)).toEqual({ policies, gainShare });
  });

  it("finds nothing to gain where all signals are alike", () => {
    const alike = [1, 2, 3, 4].map((seed) => autoregressive(1, rows, seed + 10));
    const { policies } = test(alike, 6);
    for (const name of ["plan", "drive"]) {
      const { mean } = policies.find((policy) => policy.name === name)!.against;
      expect(mean).toBeGreaterThan(-0.1);
      expect(mean).toBeLessThan(0.05);
    }
  });

  it("shows the policies only what uniform reading shows", () => {
    // Between the reads of the first part everything is different, and nobody can know.
    const hidden = house.map((column, index) =>
      column.map((value, tick) => (tick < rows / 2 && (tick - index * 7) % 6 !== 0 ? 1e9 : value)),
    );
    const [open, closed] = [test(house, 6), test(hidden, 6)];
    const plan = (result: BackTest) => result.policies.find(({ name }) => name === "plan")!.intervals;
    expect(plan(closed)).toEqual(plan(open));
  });
});

describe("a recording on a grid", () => {
  it("has a row each commonest time between two reads, and what was shown in it", () => {
    const readings = new Map([
      [
        "sensor.a",
        readingsOf([
          [0, "1"],
          [10_000, "2"],
          [20_500, "unavailable"],
          [30_000, "3"],
        ]),
      ],
      [
        "sensor.b",
        readingsOf([
          [10_000, "on"],
          [20_000, "off"],
          [40_000, "on"],
        ]),
      ],
    ]);
    expect(commonTick(readings)).toBe(10);
    const grid = polledGrid(readings, 10)!;
    expect(grid.entityIds).toEqual(["sensor.a", "sensor.b"]);
    expect(grid.columns.map((column) => [...column])).toEqual([
      [1, 2, Number.NaN, 3, 3],
      [Number.NaN, 0, 1, 1, 0],
    ]);
  });

  it("is none of nothing, nor of more rows than anybody records", () => {
    expect(commonTick(new Map())).toBeUndefined();
    expect(polledGrid(new Map(), 1)?.columns).toEqual([]);
    expect(
      polledGrid(
        new Map([
          [
            "sensor.a",
            readingsOf([
              [0, "1"],
              [1e13, "2"],
            ]),
          ],
        ]),
        1,
      ),
    ).toBeUndefined();
  });
});
