import { describe, expect, it } from "vitest";
import { addValue, noMovement, secondsToMove, startAt } from "#pipeline/statistics/movement.ts";

const second = 1_000;
const learn = (rows: readonly (readonly [seconds: number, value: number])[], tolerance: number) =>
  rows.reduce((movement, [at, value]) => addValue(movement, at * second, value, tolerance), noMovement);

describe("how long a value takes to move noticeably", () => {
  it("is not known before it did", () => {
    expect(
      secondsToMove(
        learn(
          [
            [0, 1],
            [10, 1.5],
          ],
          1,
        ),
      ),
    ).toBeUndefined();
  });

  it("is the time from where it began, however it got there", () => {
    expect(
      secondsToMove(
        learn(
          [
            [0, 0],
            [10, 0.6],
            [20, -0.4],
            [30, 0.9],
            [40, 1],
          ],
          1,
        ),
      ),
    ).toBeCloseTo(40, 9);
  });

  it("is the time of a steady ramp", () => {
    const ramp = Array.from({ length: 200 }, (_, step) => [step * 5, step * 0.1] as const);
    expect(secondsToMove(learn(ramp, 1))).toBeCloseTo(50, 6);
  });

  it("hardly minds one long night among the moves of a day", () => {
    const day = Array.from({ length: 60 }, (_, step) => [step * 60, step] as const);
    const withNight = [...day, [60 * 60 + 36_000, 60] as const];
    expect(secondsToMove(learn(withNight, 1))).toBeLessThan(70);
  });

  it("does not count the time in which the value was away", () => {
    let movement = learn(
      [
        [0, 0],
        [10, 1],
      ],
      1,
    );
    movement = startAt(movement, 5_000 * second, 8);
    movement = addValue(movement, 5_010 * second, 9, 1);
    expect(movement.passages).toBe(2);
    expect(secondsToMove(movement)).toBeCloseTo(10, 9);
  });

  it("follows a register that changes its ways", () => {
    const slow = Array.from({ length: 500 }, (_, step) => [step * 60, step] as const);
    const fast = Array.from({ length: 500 }, (_, step) => [30_000 + step, 500 + step] as const);
    expect(secondsToMove(learn([...slow, ...fast], 1))).toBeLessThan(1.1);
  });
});
