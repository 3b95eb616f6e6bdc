/** The greatest step of which nearly all differences seen lately are multiples: `step / 10^decimals`; step 0 = none seen. Plain data. */
export interface Resolution {
  step: number;
  decimals: number;
  /** The step in the value's own unit; 0 while none is known. */
  value: number;
  /** Differences that are multiples of the step, and those that are not; of the newest few thousand. */
  multiples: number;
  odd: number;
  /** Common step of the odd ones, in the same decimals; 0 while there are none. */
  finer: number;
}

export function noResolution(): Resolution {
  return { step: 0, decimals: 0, value: 0, multiples: 0, odd: 0, finer: 0 };
}

/** More decimals are the noise of binary fractions, not a step. */
const mostDecimals = 9;
const powers: readonly number[] = Array.from({ length: mostDecimals + 1 }, (_, exponent) => 10 ** exponent);
/** A value that was made up now and then, say by a filter, is no finer step of the register. */
const mostOdd = 0.02;
/** Older differences count less and less, so that another step of a new firmware is found. */
const memory = 2_048;

/**
 * Takes the difference of two printed numbers into account. Computed on the printed decimals as whole numbers, so 0.1 is 0.1.
 */
export function addDifference(resolution: Resolution, before: string, after: string): void {
  // The one before was the one after before, but for the first.
  const known = resolution.step === 0 ? decimalsOf(before) : resolution.decimals;
  const decimals = Math.min(mostDecimals, Math.max(known, resolution.decimals, decimalsOf(after)));
  const scale = powers[decimals] as number;
  const finerBy = powers[decimals - resolution.decimals] as number;
  const difference = Math.abs(Math.round(Number(after) * scale) - Math.round(Number(before) * scale));
  const step = resolution.step * finerBy;
  const finer = resolution.finer * finerBy;
  if (!Number.isSafeInteger(difference) || !Number.isSafeInteger(step) || !Number.isSafeInteger(finer)) return;
  resolution.step = step;
  resolution.decimals = decimals;
  if (step > 0 && difference % step === 0) {
    resolution.multiples += 1;
    resolution.finer = finer;
  } else {
    resolution.odd += 1;
    resolution.finer = greatestCommonDivisor(finer, difference);
  }
  if (resolution.odd > mostOdd * resolution.multiples) {
    resolution.step = greatestCommonDivisor(step, resolution.finer);
    resolution.value = Number((resolution.step / scale).toPrecision(12));
    resolution.multiples += resolution.odd;
    resolution.odd = 0;
    resolution.finer = 0;
  } else if (resolution.multiples + resolution.odd >= memory) {
    resolution.multiples /= 2;
    resolution.odd /= 2;
  }
}

/** The step in the value's own unit; undefined while none is known. */
export function resolutionValue({ value }: Resolution): number | undefined {
  return value === 0 ? undefined : value;
}

function decimalsOf(text: string): number {
  const point = text.indexOf(".");
  return point < 0 || /e/i.test(text) ? 0 : text.length - point - 1;
}

function greatestCommonDivisor(a: number, b: number): number {
  let [larger, smaller] = [Math.max(a, b), Math.min(a, b)];
  while (smaller > 0) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}
