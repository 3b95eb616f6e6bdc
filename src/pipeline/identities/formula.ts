import type { IdentityKind } from "#model/identity.ts";
import type { Observed } from "./observed.ts";

/** A way to compute an entity from others. */
export interface Formula {
  readonly kind: IdentityKind;
  readonly terms: readonly Observed[];
  readonly factor: number;
}

/** What the formula gives in a row. */
export function valueOf({ kind, terms, factor }: Formula, row: number): number {
  switch (kind) {
    case "same":
    case "scaled":
    case "product": {
      let product = factor;
      for (let term = 0; term < terms.length; term += 1) product *= shown(terms, term, row);
      return product;
    }
    case "sum":
      return sumOf(terms, row);
    case "mean":
      return sumOf(terms, row) / terms.length;
    case "hypotenuse":
      return Math.hypot(shown(terms, 0, row), shown(terms, 1, row));
  }
}

/** By how much rounding of the terms may change what the formula gives in a row: the sum of |∂f/∂x| · step. */
export function roundingOf({ kind, terms, factor }: Formula, row: number): number {
  let sum = 0;
  switch (kind) {
    case "sum":
    case "hypotenuse":
    case "mean":
      for (const { step } of terms) sum += step;
      return kind === "mean" ? sum / terms.length : sum;
    case "same":
    case "scaled":
    case "product":
      for (let term = 0; term < terms.length; term += 1) {
        let slope = factor;
        for (let other = 0; other < terms.length; other += 1) if (other !== term) slope *= shown(terms, other, row);
        sum += (terms[term] as Observed).step * Math.abs(slope);
      }
      return sum;
  }
}

function sumOf(terms: readonly Observed[], row: number): number {
  let sum = 0;
  for (let term = 0; term < terms.length; term += 1) sum += shown(terms, term, row);
  return sum;
}

function shown(terms: readonly Observed[], term: number, row: number): number {
  return (terms[term] as Observed).values[row] as number;
}
