/** The greatest step of which all differences seen so far are multiples: `step / 10^decimals`; step 0 = none seen. Plain data. */
export interface Resolution {
  readonly step: number;
  readonly decimals: number;
  /** The step in the value's own unit; 0 while none is known. */
  readonly value: number;
}

export const noResolution: Resolution = { step: 0, decimals: 0, value: 0 };
/** More decimals are the noise of binary fractions, not a step. */
const mostDecimals = 9;
const powers: readonly number[] = Array.from({ length: mostDecimals + 1 }, (_, exponent) => 10 ** exponent);

/**
 * Takes the difference of two printed numbers into account. Computed on the printed decimals as whole numbers, so 0.1 is 0.1.
 */
export function addDifference(resolution: Resolution, before: string, after: string): Resolution {
  // The one before was the one after before, but for the first.
  const known = resolution.step === 0 ? decimalsOf(before) : resolution.decimals;
  const decimals = Math.min(mostDecimals, Math.max(known, resolution.decimals, decimalsOf(after)));
  const scale = powers[decimals] as number;
  const difference = Math.abs(Math.round(Number(after) * scale) - Math.round(Number(before) * scale));
  const step = resolution.step * (powers[decimals - resolution.decimals] as number);
  if (!Number.isSafeInteger(difference) || !Number.isSafeInteger(step)) return resolution;
  const common = step > 0 && difference % step === 0 ? step : greatestCommonDivisor(step, difference);
  if (common === step && decimals === resolution.decimals) return resolution;
  return { step: common, decimals, value: Number((common / scale).toPrecision(12)) };
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
