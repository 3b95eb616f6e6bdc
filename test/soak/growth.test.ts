import { expect, it } from "vitest";
import { growthOf, type Measured } from "./growth.ts";

const minute = 60_000;

function sizes(heapBytes: (minutes: number) => number, dataBytes: (minutes: number) => number): Measured[] {
  return Array.from({ length: 31 }, (_, index) => ({
    at: index * minute,
    heapBytes: heapBytes(index),
    dataBytes: dataBytes(index),
    handles: 20 + (index === 30 ? 3 : 0),
    resources: { Timeout: 5, TCPSocketWrap: index === 30 ? 2 : 1 },
  }));
}

it("finds what grows, and how sure that is", () => {
  const grown = growthOf(
    sizes(
      (minutes) => 30e6 + minutes * 60_000 + (minutes % 2) * 1_000,
      (minutes) => 20e6 + minutes * 50_000 + (minutes % 2) * 1_000,
    ),
  );
  expect(grown.slope?.perHour).toBeCloseTo(3, 1);
  expect(grown.slope?.error).toBeGreaterThan(0);
  expect(grown.slope?.error).toBeLessThan(0.1);
  expect(grown).toMatchObject({ handles: 3, resources: 1 });
  expect(grown.sentence).toContain(
    "Heap after collection 30.0 to 31.8 MB over 30 min (3.6 ± 0.0 MB an hour, 3.0 ± 0.0 of it data, the rest code that was compiled)",
  );
});

it("does not find what only goes up and down, and says when it was too short", () => {
  const still = growthOf(
    sizes(
      (minutes) => 30e6 + minutes * 60_000,
      (minutes) => 20e6 + (minutes % 2) * 2e6,
    ),
  ).slope;
  expect(Math.abs(still?.perHour ?? 9)).toBeLessThan(still?.error ?? 0);
  expect(
    growthOf(
      sizes(
        () => 1,
        () => 1,
      ).slice(0, 4),
    ),
  ).toMatchObject({ slope: undefined });
});
