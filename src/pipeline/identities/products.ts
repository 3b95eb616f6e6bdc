import { compute, type Formula } from "./formula.ts";
import type { Observed } from "./observed.ts";
import { mostAgree, pivotsOf } from "./pivots.ts";

/** Units apart, a product has no factor of its own: W = V · A, kW = V · A / 1000. */
const factors = [1, 1e-3, 1e3] as const;
/** Share of the pivots that may fail: what moves fast is no product of its means. */
const mostSpoilt = 0.25;
/** Three factors are tried of so many terms. */
const mostForThree = 80;

/** Products of two or three terms, and hypotenuses of two, that give the target in nearly all of its pivots; nothing where more than `most` do. `slack` as a share of its deviation. */
export function productsOf(
  target: Observed,
  terms: readonly Observed[],
  { slack, most }: { readonly slack: number; readonly most: number },
): Formula[] {
  const pivots = pivotsOf(target);
  const formulas: Formula[] = [];
  const offer = (formula: Formula): void => {
    const agrees = (row: number): boolean => {
      const { values, roundings } = compute(formula, row, row + 1);
      const left = Math.abs((target.values[row] as number) - (values[row] as number));
      return left <= target.step + (roundings[row] as number) + slack * target.deviation;
    };
    if (mostAgree(pivots, agrees, mostSpoilt)) formulas.push(formula);
  };
  const largest = pivots.at(-1);
  if (largest === undefined) return [];
  // The pivot in which the target is largest decides quickly.
  const wanted = Math.abs(target.values[largest] as number);
  const near = (value: number): boolean => value > wanted * 0.8 && value < wanted * 1.25;
  const shown = Float64Array.from(terms, ({ values }) => Math.abs(values[largest] as number));
  for (let a = 0; a < terms.length && formulas.length <= most; a += 1) {
    for (let b = a + 1; b < terms.length; b += 1) {
      const two = [terms[a] as Observed, terms[b] as Observed];
      const pair = (shown[a] as number) * (shown[b] as number);
      if (near(Math.hypot(shown[a] as number, shown[b] as number))) {
        offer({ kind: "hypotenuse", terms: two, factor: 1 });
      }
      for (const factor of factors) if (near(pair * factor)) offer({ kind: "product", terms: two, factor });
      if (terms.length > mostForThree) continue;
      for (let c = b + 1; c < terms.length; c += 1) {
        const three = pair * (shown[c] as number);
        for (const factor of factors) {
          if (near(three * factor)) offer({ kind: "product", terms: [...two, terms[c] as Observed], factor });
        }
      }
    }
  }
  return formulas.length > most ? [] : formulas;
}
