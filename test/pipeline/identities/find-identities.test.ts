import { describe, expect, it } from "vitest";
import { formulaOf, type Identity } from "#model/identity.ts";
import { findIdentities } from "#pipeline/identities/find-identities.ts";
import { observe } from "#pipeline/identities/observed.ts";
import { autoregressive, finish } from "../../support/signals.ts";

const length = 400;
const rounded = (values: readonly number[], step: number): number[] =>
  values.map((value) => Number((Math.round(value / step) * step).toFixed(6)));
const walk = (seed: number, scale = 1, offset = 0): number[] =>
  autoregressive(0.98, length, seed).map((value) => offset + scale * value);
const together = (of: (row: number) => number): number[] => Array.from({ length }, (_, row) => of(row));

function found(signals: Readonly<Record<string, readonly number[]>>, step: number): readonly Identity[] {
  const observed = Object.entries(signals).map(([name, values]) => observe(name, Float64Array.from(values), step));
  return finish(findIdentities(observed, { relatives: () => [] }));
}
const formulas = (signals: Readonly<Record<string, readonly number[]>>, step: number): string[] =>
  found(signals, step).map((identity) => formulaOf(identity, (name) => name));

describe("what can be computed from others", () => {
  const [a, b, c] = [walk(1, 20, 200), walk(2, 20, 150), walk(3, 20, 100)];
  const others = { d: rounded(walk(4, 30), 0.1), e: rounded(walk(5, 10, 50), 0.1) };

  it("is the same", () => {
    expect(formulas({ a: rounded(a, 0.1), twin: rounded(a, 0.1), ...others }, 0.1)).toEqual(["twin = a"]);
  });

  it("is scaled, with the roundest factor", () => {
    const frequency = rounded(walk(6, 300, 1_000), 1);
    const speed = frequency.map((value) => Math.round(value * 0.3));
    expect(formulas({ frequency, speed, ...others }, 1)).toEqual(["speed = 0.3 · frequency"]);
  });

  it("is a sum, also of values that are rounded", () => {
    const p = together((row) => a[row]! + b[row]! + c[row]!);
    const all = { p1: rounded(a, 0.1), p2: rounded(b, 0.1), p3: rounded(c, 0.1), p: rounded(p, 0.1), ...others };
    expect(formulas(all, 0.1)).toEqual(["p = p1 + p2 + p3"]);
  });

  it("is a mean", () => {
    const mean = together((row) => (a[row]! + b[row]! + c[row]!) / 3);
    const all = {
      l1: rounded(a, 0.1),
      l2: rounded(b, 0.1),
      l3: rounded(c, 0.1),
      l_mean: rounded(mean, 0.1),
      ...others,
    };
    expect(formulas(all, 0.1)).toEqual(["l_mean = mean(l1, l2, l3)"]);
  });

  it("is a product, also in thousands", () => {
    const [volts, amperes] = [walk(7, 10, 230), walk(8, 4, 20)];
    const power = together((row) => (volts[row]! * amperes[row]!) / 1_000);
    expect(formulas({ volts, amperes, power, ...others }, 0.001)).toEqual(["power = 0.001 · amperes · volts"]);
  });

  it("is an apparent power", () => {
    const [p, q] = [walk(9, 20, 100), walk(10, 20, 60)];
    const s = together((row) => Math.hypot(p[row]!, q[row]!));
    expect(formulas({ p: rounded(p, 0.1), q: rounded(q, 0.1), s: rounded(s, 0.1) }, 0.1)).toEqual(["s = √(p² + q²)"]);
  });

  it("may be read a moment later now and then", () => {
    const total = together((row) => a[row]! + b[row]!).map((value, row) => (row % 40 === 0 ? value + 15 : value));
    expect(formulas({ a: rounded(a, 0.1), b: rounded(b, 0.1), total: rounded(total, 0.1) }, 0.1)).toEqual([
      "total = a + b",
    ]);
  });

  it("is nothing of what has nothing in common (200 homes of 12)", () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const signals = Array.from({ length: 12 }, (_, index) => {
        const values = autoregressive(0.9, 120, seed * 12 + index).map((value) => (5 + index) * value + 10 * index);
        return [`s${index}`, rounded(values, 0.5)];
      });
      expect(found(Object.fromEntries(signals), 0.5)).toEqual([]);
    }
  }, 60_000);

  it("is nothing of a few that step together by chance", () => {
    const steps = (levels: readonly number[]): number[] => levels.flatMap((level) => Array<number>(40).fill(level));
    expect(formulas({ a: steps([0, 35, 48, 62]), b: steps([0, 699, 999, 1_300]), c: steps([4, 4, 5, 4]) }, 1)).toEqual(
      [],
    );
  });

  it("is not said of switches, of which any sum gives a few values, and takes no time to be found out", () => {
    const switches = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [
        `switch_${index}`,
        autoregressive(0.9, length, 100 + index).map((value) => (value > 0 ? 1 : 0)),
      ]),
    );
    expect(formulas(switches, 1)).toEqual([]);
  });
});
