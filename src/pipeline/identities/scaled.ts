import type { Identity } from "#model/identity.ts";
import { exactRows, fit } from "./fit.ts";
import type { Formula } from "./formula.ts";
import { identityOf, isAccident, leastExact } from "./identity-of.ts";
import { held, type Observed } from "./observed.ts";
import { mostAgree, pivotsOf } from "./pivots.ts";

/** A factor of more digits is no design but a fit; unless it holds to a thousandth of how the value moves. */
const mostDigits = 3;
const precise = 1e-3;
const strict = { slack: 0, leastExact };

interface ScaledOptions {
  /** Binary logarithm of the tries in the whole search. */
  readonly tries: number;
  /** Which are tried as the other, by index. */
  readonly others: (index: number) => Iterable<number>;
}

/**
 * Entities that are the same as, or a multiple of, another: all but one of each family, each with the simplest formula that leads to that one. Yields the share that is done.
 */
export function* findScaled(
  observed: readonly Observed[],
  { tries, others }: ScaledOptions,
): Generator<number, readonly Identity[]> {
  const edges: { readonly a: number; readonly b: number; readonly cost: number }[] = [];
  for (const [a, each] of observed.entries()) {
    const pivots = pivotsOf(each);
    for (const b of others(a)) {
      if (a === b) continue;
      // Both anew: of thousands of others, the values of this one may be dropped meanwhile.
      const [first, second] = [held(each), held(observed[b] as Observed)];
      const formula = scaled(first, pivots, second);
      const found = formula && fit(first, formula, strict);
      if (formula === undefined || found === undefined || isAccident(first, formula, found, { slack: 0, tries }))
        continue;
      edges.push({ a, b, cost: formula.kind === "same" ? 0 : digitsOf(formula.factor) });
    }
    yield a / observed.length;
  }
  const identities: Identity[] = [];
  for (const family of familiesOf(observed.length, edges)) {
    // From whoever shows the most, all others follow.
    const root = family.toSorted(
      (a, b) => finenessOf(observed[b] as Observed) - finenessOf(observed[a] as Observed),
    )[0];
    const reached = new Set([root as number]);
    const near = edges.filter(({ a }) => family.includes(a)).toSorted((x, y) => x.cost - y.cost);
    for (let edge = next(near, reached); edge !== undefined; edge = next(near, reached)) {
      const [target, term] = [held(observed[edge.a] as Observed), held(observed[edge.b] as Observed)];
      reached.add(edge.a);
      const formula = scaled(target, pivotsOf(target), term);
      const found = formula && fit(target, formula, strict);
      if (formula !== undefined && found !== undefined) identities.push(identityOf(target, formula, found));
    }
  }
  return identities;
}

function next<Edge extends { readonly a: number; readonly b: number }>(
  edges: readonly Edge[],
  reached: ReadonlySet<number>,
): Edge | undefined {
  return edges.find(({ a, b }) => reached.has(b) && !reached.has(a));
}

function familiesOf(count: number, edges: readonly { readonly a: number; readonly b: number }[]): number[][] {
  const familyOf = Array.from({ length: count }, (_, index) => index);
  for (const { a, b } of edges) {
    const [from, to] = [familyOf[a], familyOf[b]];
    if (from !== to)
      for (const [index, family] of familyOf.entries()) if (family === from) familyOf[index] = to as number;
  }
  const families = new Map<number, number[]>();
  for (const [index, family] of familyOf.entries()) families.set(family, [...(families.get(family) ?? []), index]);
  return [...families.values()].filter(({ length }) => length > 1);
}

function finenessOf({ deviation, step }: Observed): number {
  return deviation / step;
}

/** The target as the same as, or a multiple of, the term; undefined when it clearly is neither. */
function scaled(target: Observed, pivots: readonly number[], term: Observed): Formula | undefined {
  const agrees =
    (factor: number) =>
    (row: number): boolean =>
      !(
        Math.abs((target.values[row] as number) - factor * (term.values[row] as number)) >
        target.step + Math.abs(factor) * term.step
      );
  if (mostAgree(pivots, agrees(1))) return { kind: "same", terms: [term], factor: 1 };
  // Where the target is furthest from 0 its factor is least uncertain.
  const [first = 0, last = 0] = [pivots[0], pivots.at(-1)];
  const largest = Math.abs(target.values[first] as number) > Math.abs(target.values[last] as number) ? first : last;
  const rough = (target.values[largest] as number) / (term.values[largest] as number);
  if (!(Math.abs(rough) > 0) || !Number.isFinite(rough) || !mostAgree(pivots, agrees(rough))) return undefined;
  const factor = roundest(target, term);
  const isPrecise = (target.step + Math.abs(factor) * term.step) / target.deviation < precise;
  return digitsOf(factor) > mostDigits && !isPrecise ? undefined : { kind: "scaled", terms: [term], factor };
}

/** The factor with the fewest digits that fits no worse than the one of least squares. */
function roundest(target: Observed, term: Observed): number {
  let products = 0;
  let squares = 0;
  const { values } = target;
  const others = term.values;
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] as number;
    const other = others[row] as number;
    if (Number.isNaN(value) || Number.isNaN(other)) continue;
    products += value * other;
    squares += other * other;
  }
  const fitted = products / squares;
  const exactOf = (factor: number): number => exactRows(target, { kind: "scaled", terms: [term], factor });
  const best = exactOf(fitted);
  for (let digits = 1; digits < 8; digits += 1) {
    const factor = Number(fitted.toPrecision(digits));
    if (exactOf(factor) >= best) return factor;
  }
  return fitted;
}

/** Digits of a factor, or of one over it, whichever is rounder. */
function digitsOf(factor: number): number {
  const count = (number: number): number =>
    number
      .toPrecision(8)
      .replace(/e.*$/, "")
      .replace(/[-.]/g, "")
      .replace(/^0+|0+$/g, "").length;
  return Math.min(count(factor), count(1 / factor));
}
