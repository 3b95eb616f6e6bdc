import { compute, type Formula } from "./formula.ts";
import type { Observed } from "./observed.ts";

export interface Fit {
  /** Root mean square of what is left. */
  readonly error: number;
  readonly n: number;
  /** Mean of what is left over what is accepted, each row at most 1. */
  readonly loss: number;
  /** How surprising that is: each clearly different state of the entities in which it holds halves the chance of an accident so many times. */
  readonly bits: number;
}

export interface FitOptions {
  /** Accepted beside rounding, as a share of the entity's deviation: of products of means, which are no means of products. */
  readonly slack: number;
  /** Where the formula cannot hold in such a share of the rows, the search is given up early. @default 0 */
  readonly leastExact?: number;
}

/** States told apart; more add nothing. */
const mostStates = 64;

/** How well a formula gives the entity, in the rows in which all are known; undefined when it holds in less than `leastExact` of them. */
export function fit(target: Observed, formula: Formula, { slack, leastExact = 0 }: FitOptions): Fit | undefined {
  let n = 0;
  let squares = 0;
  let exact = 0;
  let tolerances = 0;
  let losses = 0;
  const met = new Set<number>();
  const { values } = target;
  const accepted = target.step + slack * target.deviation;
  const mostMissed = values.length * (1 - leastExact);
  const computed = compute(formula);
  for (let row = 0; row < values.length; row += 1) {
    const left = (values[row] as number) - (computed.values[row] as number);
    if (Number.isNaN(left)) continue;
    const tolerance = accepted + (computed.roundings[row] as number);
    n += 1;
    squares += left * left;
    tolerances += tolerance;
    losses += Math.min(1, Math.abs(left) / tolerance);
    if (isWithin(left, tolerance)) {
      exact += 1;
      if (met.size < mostStates) met.add(stateOf(target, formula, row, tolerance));
    } else if (n - exact > mostMissed) return undefined;
  }
  if (exact / n < leastExact) return undefined;
  const choices = Math.log2(1 + (target.deviation * n) / tolerances);
  // A factor takes one of the values to be known.
  const free = formula.kind === "scaled" ? 1 : 0;
  return { error: Math.sqrt(squares / n), n, loss: losses / n, bits: choices * (met.size - free) };
}

/** Rows in which a formula holds. */
export function exactRows(target: Observed, formula: Formula): number {
  let exact = 0;
  const { values, step } = target;
  const computed = compute(formula);
  for (let row = 0; row < values.length; row += 1) {
    const left = (values[row] as number) - (computed.values[row] as number);
    if (isWithin(left, step + (computed.roundings[row] as number))) exact += 1;
  }
  return exact;
}

/** Not so of what is NaN. */
function isWithin(left: number, tolerance: number): boolean {
  return Math.abs(left) <= tolerance * (1 + 1e-9);
}

/**
 * Values of the target that are further apart than what is accepted, and of the terms by half their deviation, are different states. A number of 32 bits stands for each: were
 * two ever taken for one, a formula would only have to prove itself once more.
 */
function stateOf(target: Observed, { terms }: Formula, row: number, tolerance: number): number {
  let state = Math.round((target.values[row] as number) / tolerance / 2) | 0;
  for (const { values, deviation } of terms)
    state = mixed(state) ^ (Math.round(((values[row] as number) / deviation) * 2) | 0);
  return mixed(state);
}

/** Murmur3's finalizer. */
function mixed(bits: number): number {
  let hash = bits;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
