/** A course of values: each stands until the next time; NaN: none. */
export interface Course {
  readonly times: readonly number[];
  readonly values: readonly number[];
}

/**
 * At most two values of each of `columns` equal stretches from `from` to `to`: the least and the greatest, in the order they came, so that a plot of so many pixels
 * looks like one of all of them. Where a stretch begins or ends without a value, that is kept beside them.
 */
export function keepExtremes(
  { times, values }: Course,
  { from, to, columns }: { readonly from: number; readonly to: number; readonly columns: number },
): Course {
  if (times.length <= 2 * columns) return { times, values };
  const kept: { times: number[]; values: number[] } = { times: [], values: [] };
  const keep = (index: number): void => {
    kept.times.push(times[index] as number);
    kept.values.push(values[index] as number);
  };
  const columnOf = (index: number): number =>
    Math.min(columns - 1, Math.floor((((times[index] as number) - from) / (to - from)) * columns));
  for (let first = 0; first < times.length;) {
    let [least, greatest, missing] = [-1, -1, -1];
    let next = first;
    for (; next < times.length && columnOf(next) === columnOf(first); next += 1) {
      const value = values[next] as number;
      if (Number.isNaN(value)) missing = next;
      else {
        if (least < 0 || value < (values[least] as number)) least = next;
        if (greatest < 0 || value > (values[greatest] as number)) greatest = next;
      }
    }
    // A lack in the midst of a pixel is not seen; one that lasts beyond it is.
    const lacks = missing === next - 1 ? [missing] : [];
    for (const index of [...new Set([least, greatest, ...lacks])].filter((each) => each >= 0).toSorted((a, b) => a - b))
      keep(index);
    // What stands at the end of a pixel stands until the next one.
    const last = next - 1;
    if (lacks.length === 0 && kept.times.at(-1) !== times[last] && kept.values.at(-1) !== values[last]) keep(last);
    first = next;
  }
  return kept;
}
