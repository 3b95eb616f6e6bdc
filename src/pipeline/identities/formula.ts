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
  const value = (term: Observed): number => term.values[row] as number;
  switch (kind) {
    case "same":
    case "scaled":
    case "product":
      return terms.reduce((product, term) => product * value(term), factor);
    case "sum":
      return terms.reduce((sum, term) => sum + value(term), 0);
    case "mean":
      return terms.reduce((sum, term) => sum + value(term), 0) / terms.length;
    case "hypotenuse":
      return Math.hypot(...terms.map(value));
  }
}

/** By how much rounding of the terms may change what the formula gives in a row: the sum of |∂f/∂x| · step. */
export function roundingOf({ kind, terms, factor }: Formula, row: number): number {
  const steps = terms.reduce((sum, { step }) => sum + step, 0);
  switch (kind) {
    case "sum":
    case "hypotenuse":
      return steps;
    case "mean":
      return steps / terms.length;
    case "same":
    case "scaled":
    case "product":
      return terms.reduce(
        (sum, { step }, index) =>
          sum +
          step *
            Math.abs(
              terms.reduce(
                (product, { values }, other) => (other === index ? product : product * (values[row] as number)),
                factor,
              ),
            ),
        0,
      );
  }
}
