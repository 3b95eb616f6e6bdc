/** Looks like noise, so that a small disk is soon full. */
export function numberedState(number: number): string {
  return String(Math.imul(number ^ (number >>> 15), 0x2c1b_3c6d) >>> 0);
}
