/** Ranks from 0 on; equal values share the mean of theirs; NaN stays. */
export function ranks(values: Float64Array): Float64Array {
  const known = Uint32Array.from(values.keys()).filter((index) => !Number.isNaN(values[index] as number));
  known.sort((a, b) => (values[a] as number) - (values[b] as number));
  const result = new Float64Array(values.length).fill(Number.NaN);
  for (let from = 0; from < known.length;) {
    const value = values[known[from] as number];
    let to = from + 1;
    while (to < known.length && values[known[to] as number] === value) to += 1;
    for (let index = from; index < to; index += 1) result[known[index] as number] = (from + to - 1) / 2;
    from = to;
  }
  return result;
}
