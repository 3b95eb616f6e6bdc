import { describe, expect, it } from "vitest";
import { switchRhythm } from "#pipeline/patterns/switch-rhythm.ts";
import { emptyTrace } from "#pipeline/grid/trace.ts";
import { seeded } from "../../support/random.ts";
import { normal, traceOf } from "../../support/signals.ts";

/** On and off; each part of a period varies by the given share. */
function cycles(parts: readonly [on: number, off: number], jitter: number, count: number, seed: number): number[] {
  const random = normal(seed);
  const length = (part: number): number => Math.max(1, Math.round(part * (1 + jitter * random())));
  return Array.from({ length: count }, () => [
    ...Array<number>(length(parts[0])).fill(1),
    ...Array<number>(length(parts[1])).fill(0),
  ]).flat();
}

describe("the rhythm of a switch", () => {
  it("is its period, to 3 %, however short", () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const found = switchRhythm(traceOf(cycles([12, 21], 0.05, 200, seed), { width: 10_000 }))!;
      expect(Math.abs(found.periodSeconds / 330 - 1)).toBeLessThan(0.03);
    }
  });

  it("is none of a switch that people use (500 seeds)", () => {
    for (let seed = 0; seed < 500; seed += 1) {
      const random = seeded(seed);
      let state = 0;
      const values = Array.from({ length: 600 }, () => (state = random() < 0.1 ? 1 - state : state));
      expect(switchRhythm(traceOf(values))).toBeUndefined();
    }
  });

  it("is none of what has no two levels, or does not vary", () => {
    expect(switchRhythm(traceOf(Array.from({ length: 400 }, (_, index) => Math.sin(index / 5))))).toBeUndefined();
    expect(switchRhythm(traceOf(Array(50).fill(1)))).toBeUndefined();
    expect(switchRhythm(emptyTrace())).toBeUndefined();
  });
});
