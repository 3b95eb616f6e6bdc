import { type Formula, roundingOf, valueOf } from "./formula.ts";
import type { Observed } from "./observed.ts";

export interface Fit {
  /** Root mean square of what is left. */
  readonly error: number;
  readonly n: number;
  /** Share of the rows in which what is left is no more than is accepted. */
  readonly exact: number;
  /** Mean of what is left over what is accepted, each row at most 1. */
  readonly loss: number;
  /** How surprising that is: each clearly different state of the entities in which it holds halves the chance of an accident so many times. */
  readonly bits: number;
}

export interface FitOptions {
  /** Accepted beside rounding, as a share of the entity's deviation: of products of means, which are no means of products. */
  readonly slack: number;
}

/** States told apart; more add nothing. */
const mostStates = 64;

/** How well a formula gives the entity, in the rows in which all are known. */
export function fit(target: Observed, formula: Formula, { slack }: FitOptions): Fit {
  let n = 0;
  let squares = 0;
  let exact = 0;
  let tolerances = 0;
  let losses = 0;
  const met = new Set<string>();
  for (const [row, value] of target.values.entries()) {
    const left = value - valueOf(formula, row);
    if (Number.isNaN(left)) continue;
    const tolerance = target.step + roundingOf(formula, row) + slack * target.deviation;
    n += 1;
    squares += left * left;
    tolerances += tolerance;
    losses += Math.min(1, Math.abs(left) / tolerance);
    if (Math.abs(left) <= tolerance * (1 + 1e-9)) {
      exact += 1;
      if (met.size < mostStates) met.add(stateOf(target, formula, row, tolerance));
    }
  }
  const choices = Math.log2(1 + (target.deviation * n) / tolerances);
  // A factor takes one of the values to be known.
  const free = formula.kind === "scaled" ? 1 : 0;
  return { error: Math.sqrt(squares / n), n, exact: exact / n, loss: losses / n, bits: choices * (met.size - free) };
}

/** Values of the target that are further apart than what is accepted, and of the terms by half their deviation, are different states. */
function stateOf(target: Observed, { terms }: Formula, row: number, tolerance: number): string {
  const cells = terms.map(({ values, deviation }) => Math.round(((values[row] as number) / deviation) * 2));
  return [Math.round((target.values[row] as number) / tolerance / 2), ...cells].join(" ");
}
