import { countBelow } from "../sorted-column.ts";
import type { Formula } from "./formula.ts";
import type { Observed } from "./observed.ts";
import { mostAgree, pivotsOf } from "./pivots.ts";

/** Sums and means of two or three terms that give the target in nearly all of its pivots; nothing where more than `most` do. */
export function sumsOf(target: Observed, terms: readonly Observed[], most: number): Formula[] {
  const pivots = pivotsOf(target);
  // The value that is furthest away is the hardest to meet; one of two such may be spoilt.
  const found: Formula[] = [];
  for (const row of [pivots.at(-1), pivots[0]]) {
    if (row === undefined) continue;
    const formulas = search(target, terms, { pivots, row, most });
    if (formulas.length > most) return [];
    found.push(...formulas);
  }
  return dedupe(found);
}

interface Search {
  readonly pivots: readonly number[];
  /** The pivot in which terms are looked up. */
  readonly row: number;
  /** One more is found, and the search given up. */
  readonly most: number;
}

function search(target: Observed, given: readonly Observed[], { pivots, row, most }: Search): Formula[] {
  const terms = given
    .filter(({ values }) => !Number.isNaN(values[row] as number))
    .toSorted((a, b) => (a.values[row] as number) - (b.values[row] as number));
  const shown = Float64Array.from(terms, ({ values }) => values[row] as number);
  const step = Math.max(...terms.map((term) => term.step), 0);
  const formulas: Formula[] = [];
  for (const multiple of [1, 2, 3]) {
    const wanted = (target.values[row] as number) * multiple;
    const slack = target.step * multiple;
    for (let a = 0; a < terms.length && formulas.length <= most; a += 1) {
      // Two terms, then three: the last is looked up among those that are shown in order.
      if (multiple !== 3) offer([a], wanted - (shown[a] as number), slack, multiple);
      if (multiple === 2) continue;
      for (let b = a + 1; b < terms.length; b += 1) {
        offer([a, b], wanted - (shown[a] as number) - (shown[b] as number), slack, multiple);
      }
    }
  }
  return formulas;

  function offer(first: readonly number[], missing: number, slack: number, multiple: number): void {
    const tolerance = slack + step * (first.length + 1);
    const after = first.at(-1) as number;
    for (let last = countBelow(shown, missing - tolerance); last < terms.length; last += 1) {
      if ((shown[last] as number) > missing + tolerance) return;
      if (last <= after) continue;
      const chosen = [...first, last].map((index) => terms[index] as Observed);
      if (!agreesInMost(target, chosen, multiple, pivots)) continue;
      const ordered = chosen.toSorted((x, y) => (x.entityId < y.entityId ? -1 : 1));
      formulas.push({ kind: multiple === 1 ? "sum" : "mean", terms: ordered, factor: 1 });
      if (formulas.length > most) return;
    }
  }
}

function agreesInMost(
  target: Observed,
  terms: readonly Observed[],
  multiple: number,
  pivots: readonly number[],
): boolean {
  const tolerance = terms.reduce((sum, { step }) => sum + step, target.step * multiple);
  return mostAgree(pivots, (row) => {
    let left = (target.values[row] as number) * multiple;
    for (const { values } of terms) left -= values[row] as number;
    return Math.abs(left) <= tolerance;
  });
}

function dedupe(formulas: readonly Formula[]): Formula[] {
  const keyOf = ({ kind, terms }: Formula): string => [kind, ...terms.map(({ entityId }) => entityId)].join(" ");
  return [...new Map(formulas.map((formula) => [keyOf(formula), formula])).values()];
}
