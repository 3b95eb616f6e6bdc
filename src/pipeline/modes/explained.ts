/**
 * Share of the variance of `values` that the states explain, less what chance would (ε², Kelley, PNAS 21, 1935), `independent` rows being worth what all of them are.
 * 0 when they explain nothing; rows of label -1 are left out.
 */
export function explainedShare(values: Float64Array, labels: Int16Array, states: number, independent: number): number {
  const counts = new Float64Array(states);
  const sums = new Float64Array(states);
  let [count, sum] = [0, 0];
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] as number;
    const label = labels[row] as number;
    if (label < 0 || Number.isNaN(value)) continue;
    counts[label]! += 1;
    sums[label]! += value;
    count += 1;
    sum += value;
  }
  const mean = sum / count;
  let [total, between] = [0, 0];
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] as number;
    if ((labels[row] as number) >= 0 && !Number.isNaN(value)) total += (value - mean) ** 2;
  }
  let seen = 0;
  for (let state = 0; state < states; state += 1) {
    const size = counts[state] as number;
    if (size === 0) continue;
    seen += 1;
    between += size * ((sums[state] as number) / size - mean) ** 2;
  }
  if (!(total > 0) || seen < 2 || !(independent > seen)) return 0;
  const share = Math.min(1, between / total);
  return Math.max(0, share - ((1 - share) * (seen - 1)) / (independent - seen));
}
