/** What is lost while a value is shown and another one is true: how far off it is, or whether it is off. */
export type Objective = "error" | "staleness";

/** Kinds of signals that are right or wrong, and not a little off. */
export const switchingKinds: ReadonlySet<string> = new Set(["binary", "enum", "text"]);

/** How a signal is measured; plain data, in its own unit. */
export interface Scale {
  /** From the 5th to the 95th percentile; 0 of a constant. */
  readonly range: number;
  /** A value further off than this is stale. */
  readonly tolerance: number;
}

const edge = 0.05;
const toleratedShare = 0.02;
/** Of a signal with so few values each of them matters. */
const fewValues = 8;
/** One step, printed in binary fractions. */
const aboveOneStep = 1 + 1e-7;

/** Of the values that were seen; unknown ones (NaN) are left out. */
export function scaleOf(values: Float64Array): Scale {
  const known = values.filter((value) => !Number.isNaN(value)).toSorted();
  const at = (share: number): number => known[Math.min(known.length - 1, Math.floor(share * known.length))] ?? 0;
  const [least, greatest] = [known[0] ?? 0, known.at(-1) ?? 0];
  const inner = at(1 - edge) - at(edge);
  const range = inner > 0 ? inner : greatest - least;
  let [distinct, step] = [known.length === 0 ? 0 : 1, Number.POSITIVE_INFINITY];
  for (let index = 1; index < known.length; index += 1) {
    const distance = (known[index] as number) - (known[index - 1] as number);
    if (distance === 0) continue;
    distinct += 1;
    step = Math.min(step, distance);
  }
  const oneStep = Number.isFinite(step) ? step * aboveOneStep : 0;
  return { range, tolerance: distinct <= fewValues ? 0 : Math.max(toleratedShare * range, oneStep) };
}

/** 0 to 1, symmetric. Of a signal that was constant so far any difference is all. */
export function lossOf(shown: number, value: number, { range, tolerance }: Scale, objective: Objective): number {
  const distance = Math.abs(shown - value);
  if (distance === 0) return 0;
  if (objective === "staleness") return distance > tolerance ? 1 : 0;
  return range > 0 ? Math.min(1, distance / range) : 1;
}
