import { describe, expect, it } from "vitest";

interface Place {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The browser's own module; it is checked with the browser's types, not with ours. */
const { nearest } = (await import(new URL("../../src/web/ui/arrows.js", import.meta.url).href)) as {
  nearest: (from: Place, places: readonly Place[], key: string) => number | undefined;
};
const cell = (column: number, row: number): Place => ({
  left: column * 14,
  right: column * 14 + 13,
  top: row * 14,
  bottom: row * 14 + 13,
});
const bar = (left: number, right: number, top: number): Place => ({ left, right, top, bottom: 200 });

describe("an arrow key", () => {
  it("stays in the row or column, however far the next is", () => {
    const cells = [cell(3, 2), cell(9, 0), cell(0, 4), cell(2, 1), cell(4, 4)];
    expect(nearest(cell(0, 0), cells, "ArrowRight")).toBe(1);
    expect(nearest(cell(0, 0), cells, "ArrowDown")).toBe(2);
    expect(nearest(cell(9, 4), cells, "ArrowLeft")).toBe(4);
    expect(nearest(cell(9, 4), cells, "ArrowUp")).toBe(1);
  });

  it("leads to the nearest elsewhere where the row has no more, in whichever order they stand", () => {
    const cells = [cell(9, 9), cell(3, 6), cell(4, 3), cell(5, 5), cell(2, 3)];
    expect(nearest(cell(2, 2), cells, "ArrowRight")).toBe(2);
    expect(nearest(cell(2, 2), cells.toReversed(), "ArrowRight")).toBe(2);
    expect(nearest(cell(2, 2), cells, "ArrowDown")).toBe(4);
  });

  it("goes from bar to bar, high or low, also where one stands behind others", () => {
    const bars = [bar(0, 90, 150), bar(0, 30, 20), bar(60, 90, 190)];
    expect(nearest(bar(0, 30, 20), bars, "ArrowRight")).toBe(0);
    expect(nearest(bar(0, 90, 150), bars, "ArrowRight")).toBe(2);
    expect(nearest(bar(0, 90, 150), bars, "ArrowLeft")).toBe(1);
  });

  it("leads nowhere from the last, nor from one that is alone", () => {
    expect(nearest(cell(5, 5), [cell(1, 1), cell(5, 1)], "ArrowDown")).toBeUndefined();
    expect(nearest(cell(5, 5), [cell(5, 5)], "ArrowLeft")).toBeUndefined();
    expect(nearest(cell(5, 5), [], "ArrowUp")).toBeUndefined();
  });
});
