/** How far values lie off a straight line through their neighbours; plain data. */
export interface NoiseFloor {
  /** The last two values; NaN before there are any. */
  readonly last: number;
  readonly before: number;
  readonly count: number;
  /** Mean of |x₋₁ − 2x + x₊₁|. */
  readonly bend: number;
}

export const noNoise: NoiseFloor = { last: Number.NaN, before: Number.NaN, count: 0, bend: 0 };

/** With fewer bends nothing is said. */
const enough = 20;
/** Mean absolute second difference of white noise with deviation 1: √6 · √(2/π). */
const ofWhiteNoise = Math.sqrt(12 / Math.PI);

/** The next value, without a gap before it. */
export function addToNoise({ last, before, count, bend }: NoiseFloor, value: number): NoiseFloor {
  const distance = Math.abs(before - 2 * last + value);
  if (Number.isNaN(distance)) return { last: value, before: last, count, bend };
  return { last: value, before: last, count: count + 1, bend: bend + (distance - bend) / (count + 1) };
}

/** A value after a gap: nothing is known of the line that led to it. */
export function breakNoise({ count, bend }: NoiseFloor, value: number): NoiseFloor {
  return { last: value, before: Number.NaN, count, bend };
}

/** Standard deviation in the value's unit (second differences: Rice, Annals of Statistics 12, 1984; absolute, so that single jumps weigh little). Undefined while too little is known. */
export function noiseValue({ count, bend }: NoiseFloor): number | undefined {
  return count < enough ? undefined : bend / ofWhiteNoise;
}
