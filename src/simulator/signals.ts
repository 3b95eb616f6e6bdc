/** A number from 0 to 1 that `seed`, `register` and `slot` decide alone. */
export function chance(seed: number, register: number, slot: number): number {
  let mixed =
    (seed ^
      Math.imul(register + 1, 0x9e3779b1) ^
      Math.imul(Math.floor(slot) | 0, 0x85ebca6b) ^
      Math.imul(Math.floor(slot / 2 ** 32), 0xc2b2ae35)) >>>
    0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}

/** About normally distributed, mean 0, deviation 1: the sum of three chances. */
export function noise(seed: number, register: number, slot: number): number {
  const sum =
    chance(seed, register, slot * 3) + chance(seed, register, slot * 3 + 1) + chance(seed, register, slot * 3 + 2);
  return (sum - 1.5) * 2;
}

/** A smooth curve through chances that are `period` seconds apart: clouds, loads, drift. From 0 to 1. */
export function smooth(seed: number, register: number, seconds: number, period: number): number {
  const position = seconds / period;
  const slot = Math.floor(position);
  const part = position - slot;
  const eased = part * part * (3 - 2 * part);
  return chance(seed, register, slot) * (1 - eased) + chance(seed, register, slot + 1) * eased;
}

const day = 86_400;

/** Hour of the day (UTC), 0 to 24. */
export function hourOf(seconds: number): number {
  return ((seconds % day) / day) * 24;
}

/** The sun's share of its noon power: 0 at night. */
export function sunshine(seconds: number): number {
  const hour = hourOf(seconds);
  return hour < 6 || hour > 20 ? 0 : Math.sin(((hour - 6) / 14) * Math.PI) ** 1.3;
}
