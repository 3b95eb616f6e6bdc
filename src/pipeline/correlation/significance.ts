/**
 * Independent rows that n rows of two series are worth: n / (1 + 2 Σ (1 − k/n) ρa(k) ρb(k)) (Bartlett, JRSS 8, 1946; Pyper and Peterman, CJFAS 55, 1998). The sum ends where the product falls
 * into its own noise. Never more than n.
 */
export function effectiveSampleSize(n: number, a: ArrayLike<number>, b: ArrayLike<number>): number {
  const noise = 2 / n;
  let sum = 0;
  for (let lag = 1; lag < Math.min(a.length, b.length, n); lag += 1) {
    const product = (a[lag] as number) * (b[lag] as number);
    if (product < noise) break;
    sum += (1 - lag / n) * product;
  }
  return n / (1 + 2 * sum);
}

/** Two-sided probability that independent series show at least |r| in n independent rows (Fisher, Metron 1, 1921); 1 for n ≤ 3. */
export function correlationProbability(r: number, n: number): number {
  if (!(n > 3) || Number.isNaN(r)) return 1;
  const limited = Math.min(Math.abs(r), 1 - 1e-12);
  return complementaryError((Math.atanh(limited) * Math.sqrt(n - 3)) / Math.SQRT2);
}

/** erfc(x) for x ≥ 0, to 1.2e-7 of its value (Press et al., Numerical Recipes, 3rd ed., 6.2.2). */
function complementaryError(x: number): number {
  const t = 2 / (2 + x);
  const exponent =
    -1.26551223 +
    t *
      (1.00002368 +
        t *
          (0.37409196 +
            t *
              (0.09678418 +
                t *
                  (-0.18628806 +
                    t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))));
  return t * Math.exp(-x * x + exponent);
}

/**
 * The largest probability that still counts as a discovery when, of `tests` tests with these lowest probabilities, at most the share `rate` of the discoveries may be false
 * (Benjamini and Hochberg, JRSS B 57, 1995). 0 when none does.
 */
export function discoveryThreshold(probabilities: readonly number[], tests: number, rate: number): number {
  const sorted = probabilities.toSorted((a, b) => a - b);
  return sorted.findLast((probability, index) => probability <= ((index + 1) / tests) * rate) ?? 0;
}
