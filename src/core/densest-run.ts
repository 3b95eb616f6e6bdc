/**
 * The longest run of ascending values of which the last exceeds the first by at most `width` (a share of the first); of several the one
 * with the smallest values. One pass.
 */
export function densestRun(sorted: readonly number[], width: number): readonly number[] {
  let best = { from: 0, to: 0 };
  let to = 0;
  for (const [from, first] of sorted.entries()) {
    while (to < sorted.length && (sorted[to] as number) <= first * (1 + width)) to += 1;
    if (to - from > best.to - best.from) best = { from, to };
  }
  return sorted.slice(best.from, best.to);
}
