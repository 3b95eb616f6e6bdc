const levels = "▁▂▃▄▅▆▇█";

/** Values as one line of blocks, from the least to the greatest; a blank where there is none. */
export function sparkLine(values: readonly number[]): string {
  const known = values.filter((value) => Number.isFinite(value));
  const [least, greatest] = [Math.min(...known), Math.max(...known)];
  const scale = greatest > least ? (levels.length - 1) / (greatest - least) : 0;
  return values
    .map((value) => (Number.isFinite(value) ? (levels[Math.round((value - least) * scale)] as string) : " "))
    .join("");
}
