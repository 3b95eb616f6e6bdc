/** The greatest step of which all differences seen so far are multiples: `step / 10^decimals`; step 0 = none seen. Plain data. */
export interface Resolution {
  readonly step: number;
  readonly decimals: number;
}

export const noResolution: Resolution = { step: 0, decimals: 0 };
/** More decimals are the noise of binary fractions, not a step. */
const mostDecimals = 9;

/**
 * Takes the difference of two printed numbers into account. Computed on the printed decimals as whole numbers, so 0.1 is 0.1.
 */
export function addDifference(resolution: Resolution, before: string, after: string): Resolution {
  const decimals = Math.min(mostDecimals, Math.max(resolution.decimals, decimalsOf(before), decimalsOf(after)));
  const difference = Math.abs(Math.round(Number(after) * 10 ** decimals) - Math.round(Number(before) * 10 ** decimals));
  const step = resolution.step * 10 ** (decimals - resolution.decimals);
  if (!Number.isSafeInteger(difference) || !Number.isSafeInteger(step)) return resolution;
  return { step: greatestCommonDivisor(step, difference), decimals };
}

/** The step in the value's own unit; undefined while none is known. */
export function resolutionValue({ step, decimals }: Resolution): number | undefined {
  return step === 0 ? undefined : Number((step / 10 ** decimals).toPrecision(12));
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
