import { expect, it } from "vitest";
import { remembered } from "#app/remembered.ts";
import { ManualClock } from "../support/manual-clock.ts";

it("an answer is remembered for its time, and one that failed is not", async () => {
  const clock = new ManualClock();
  let made = 0;
  const ask = remembered(clock, 1_000, () => {
    made += 1;
    return made === 3 ? Promise.reject(new Error("gone")) : Promise.resolve(made);
  });
  expect(await Promise.all([ask(), ask()])).toEqual([1, 1]);
  await clock.advance(999);
  expect(await ask()).toBe(1);
  await clock.advance(1);
  expect(await ask()).toBe(2);
  await clock.advance(1_000);
  await expect(ask()).rejects.toThrow("gone");
  expect(await ask()).toBe(4);
});
