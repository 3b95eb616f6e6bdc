import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { correlationOf, packMatrix, unpackMatrix } from "#model/correlation-matrix.ts";

describe("a packed correlation matrix", () => {
  it("gives every correlation back to 0.004, and what is not known", () => {
    const r = fc.oneof(fc.double({ min: -1, max: 1, noNaN: true }), fc.constant(Number.NaN));
    fc.assert(
      fc.property(fc.array(r, { minLength: 0, maxLength: 45 }), (pairs) => {
        const count = Math.floor((1 + Math.sqrt(1 + 8 * pairs.length)) / 2);
        const entityIds = Array.from({ length: count }, (_, index) => `sensor.e${index}`);
        const values = new Float64Array(count * count).fill(1);
        let next = 0;
        for (let row = 0; row < count; row += 1) {
          for (let column = row + 1; column < count; column += 1) {
            values[row * count + column] = values[column * count + row] = pairs[next++]!;
          }
        }
        const packed = packMatrix({ entityIds, values, computedAt: 5 });
        expect(packed.pairs.byteLength).toBe((count * (count - 1)) / 2);
        const matrix = unpackMatrix(packed)!;
        for (const [index, value] of values.entries()) {
          const found = matrix.values[index]!;
          expect(Number.isNaN(value) ? Number.isNaN(found) : Math.abs(found - value) < 0.004).toBe(true);
        }
        expect(matrix.computedAt).toBe(5);
      }),
    );
  });

  it("is refused when it is damaged", () => {
    const packed = packMatrix({
      entityIds: ["sensor.a", "sensor.b"],
      values: Float64Array.of(1, 0.5, 0.5, 1),
      computedAt: 0,
    });
    expect(correlationOf(unpackMatrix(packed)!, "sensor.b", "sensor.a")).toBeCloseTo(0.5, 2);
    expect(unpackMatrix({ ...packed, pairs: new Int8Array(3) })).toBeUndefined();
    expect(unpackMatrix({ ...packed, pairs: [64] as unknown as Int8Array })).toBeUndefined();
    expect(unpackMatrix({ ...packed, entityIds: undefined as unknown as string[] })).toBeUndefined();
  });
});
