import type { Identity } from "#model/identity.ts";
import { knownMean } from "../correlation/known-mean.ts";
import { ScratchColumn } from "../scratch-column.ts";
import { fit, type Fit } from "./fit.ts";
import type { Formula } from "./formula.ts";
import type { Observed } from "./observed.ts";

/** Rows that may differ: one of them was read a moment later. */
export const leastExact = 0.95;
/** An accident is to be rarer than 2^-7 in the whole search. */
const margin = 7;
/** A term matters when the formula is so much worse with a constant in its place. */
const matters = 2;

export function identityOf(target: Observed, { kind, terms, factor }: Formula, { error, n }: Fit): Identity {
  return { kind, entityId: target.entityId, terms: terms.map(({ entityId }) => entityId), factor, error, n };
}

/** True unless the formula, which holds, does so in so many different values that it would not be met by chance in 2^tries tries, and needs each of its terms. */
export function isAccident(
  target: Observed,
  formula: Formula,
  found: Fit,
  { slack, tries }: { readonly slack: number; readonly tries: number },
): boolean {
  if (found.bits < tries + margin) return true;
  if (formula.terms.length === 1) return false;
  return formula.terms.some((_, index) => {
    const without = fit(target, withConstant(formula, index), { slack });
    return without !== undefined && without.loss < found.loss * matters;
  });
}

const scratch = new ScratchColumn();

/** With the mean of a term in its place; until the next call. */
function withConstant(formula: Formula, index: number): Formula {
  const term = formula.terms[index] as Observed;
  const { mean } = knownMean(term.values);
  const values = scratch.take(term.values.length);
  for (let row = 0; row < values.length; row += 1) values[row] = Number.isNaN(term.values[row]) ? Number.NaN : mean;
  return { ...formula, terms: formula.terms.map((each, at) => (at === index ? { ...term, values } : each)) };
}
