/** How long a value takes to move by what a person would notice; plain data. Times in ms. */
export interface Movement {
  /** Where the present passage began; NaN before the first value. */
  readonly anchor: number;
  readonly since: number;
  /** What passages were counted with; grows with the range. */
  readonly tolerance: number;
  readonly passages: number;
  /** Mean of the logarithms of the newest passages' times: a night without any movement is one long passage among many. */
  readonly meanLogarithm: number;
}

export const noMovement: Movement = { anchor: Number.NaN, since: 0, tolerance: 0, passages: 0, meanLogarithm: 0 };

/** The mean follows the newest passages. */
const memory = 100;
/** Passages counted with a tolerance this much smaller say little any more: the range was not known yet. */
const outgrown = 1.5;

/** The value is `value` from `time` on. A passage ends when it is `tolerance` away from where the passage began. */
export function addValue(movement: Movement, time: number, value: number, tolerance: number): Movement {
  if (Number.isNaN(movement.anchor)) return startAt(movement, time, value);
  // Printed decimals differ by a little less than their step.
  if (!(tolerance > 0) || Math.abs(value - movement.anchor) < tolerance * (1 - 1e-9)) return movement;
  const grown = tolerance > movement.tolerance * outgrown;
  const passages = (grown ? Math.min(1, movement.passages) : movement.passages) + 1;
  const distance = Math.log(Math.max(1, time - movement.since)) - movement.meanLogarithm;
  return {
    anchor: value,
    since: time,
    tolerance: grown ? tolerance : movement.tolerance,
    passages,
    meanLogarithm: movement.meanLogarithm + distance / Math.min(memory, passages),
  };
}

/** The value was away and is back: how long it took to get here is not known. */
export function startAt(movement: Movement, time: number, value: number): Movement {
  return { ...movement, anchor: value, since: time };
}

/** Geometric mean of the passages' times, in seconds; undefined before the first one ended. */
export function secondsToMove({ passages, meanLogarithm }: Movement): number | undefined {
  return passages === 0 ? undefined : Math.exp(meanLogarithm) / 1_000;
}
