/** How long each of a few states lasts, and which follows which; plain data. The states are the accumulator's texts, in their order. */
export interface Dwell {
  /** ms in each state. */
  readonly time: number[];
  /** Transitions from state `a` to state `b` at `a · 12 + b`. */
  readonly transitions: number[];
}

/** As many states as are told apart. */
export const mostStates = 12;

export function noDwell(): Dwell {
  return { time: [], transitions: [] };
}

export function addDwell({ time }: Dwell, state: number, milliseconds: number): void {
  if (state < 0) return;
  while (time.length <= state) time.push(0);
  time[state]! += milliseconds;
}

export function countTransition({ transitions }: Dwell, from: number, to: number): void {
  if (from < 0 || to < 0) return;
  const index = from * mostStates + to;
  while (transitions.length <= index) transitions.push(0);
  transitions[index]! += 1;
}
