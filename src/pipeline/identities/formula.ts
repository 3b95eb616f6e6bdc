import type { IdentityKind } from "#model/identity.ts";
import type { Observed } from "./observed.ts";

/** A way to compute an entity from others. */
export interface Formula {
  readonly kind: IdentityKind;
  readonly terms: readonly Observed[];
  readonly factor: number;
}

/** By row, and maybe longer. Columns, not numbers that functions return: V8 makes an object of each of those. */
export interface Computed {
  /** What the formula gives. */
  readonly values: Float64Array;
  /** By how much rounding of the terms may change that: the sum of |∂f/∂x| · step. */
  readonly roundings: Float64Array;
}

/** Of one call only. */
let computed: Computed = { values: new Float64Array(), roundings: new Float64Array() };

/** What the formula gives in the rows [from, to), by default all; until the next call. */
export function compute(formula: Formula, from = 0, to: number = formula.terms[0]?.values.length ?? 0): Computed {
  if (computed.values.length < to) computed = { values: new Float64Array(to), roundings: new Float64Array(to) };
  const { values, roundings } = computed;
  switch (formula.kind) {
    case "same":
    case "scaled":
    case "product":
      multiply(formula, from, to, values);
      multiplySteps(formula, from, to, roundings);
      break;
    case "sum":
    case "mean":
      add(formula, from, to, values);
      addSteps(formula, from, to, roundings);
      break;
    case "hypotenuse":
      root(formula, from, to, values);
      addSteps(formula, from, to, roundings);
  }
  return computed;
}

function multiply({ terms, factor }: Formula, from: number, to: number, into: Float64Array): void {
  for (let row = from; row < to; row += 1) {
    let product = factor;
    for (let term = 0; term < terms.length; term += 1) product *= (terms[term] as Observed).values[row] as number;
    into[row] = product;
  }
}

/** Each term's step times what the others make of it. */
function multiplySteps({ terms, factor }: Formula, from: number, to: number, into: Float64Array): void {
  for (let row = from; row < to; row += 1) {
    let sum = 0;
    for (let term = 0; term < terms.length; term += 1) {
      let slope = factor;
      for (let other = 0; other < terms.length; other += 1)
        if (other !== term) slope *= (terms[other] as Observed).values[row] as number;
      sum += (terms[term] as Observed).step * Math.abs(slope);
    }
    into[row] = sum;
  }
}

function add({ kind, terms }: Formula, from: number, to: number, into: Float64Array): void {
  const parts = kind === "mean" ? terms.length : 1;
  for (let row = from; row < to; row += 1) {
    let sum = 0;
    for (let term = 0; term < terms.length; term += 1) sum += (terms[term] as Observed).values[row] as number;
    into[row] = sum / parts;
  }
}

function addSteps({ kind, terms }: Formula, from: number, to: number, into: Float64Array): void {
  let sum = 0;
  for (let term = 0; term < terms.length; term += 1) sum += (terms[term] as Observed).step;
  into.fill(kind === "mean" ? sum / terms.length : sum, from, to);
}

function root({ terms: [a, b] }: Formula, from: number, to: number, into: Float64Array): void {
  const [x, y] = [(a as Observed).values, (b as Observed).values];
  for (let row = from; row < to; row += 1) into[row] = Math.hypot(x[row] as number, y[row] as number);
}
