import { execFileSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dotProductsWasm } from "#pipeline/correlation/dot-products-wasm.ts";
import { PlainDotProducts, VectorDotProducts } from "#pipeline/correlation/dot-products.ts";
import { standardize } from "#pipeline/correlation/standardize.ts";
import { pearson } from "#pipeline/correlation/pearson.ts";
import { autoregressive } from "../../support/signals.ts";

const vector = () => VectorDotProducts.from(Buffer.from(dotProductsWasm, "base64")) as VectorDotProducts;

describe("dot products", () => {
  it("are the same, to the last digit, with and without vectors", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 23 }),
        fc.integer({ min: 1, max: 70 }),
        fc.integer(),
        (rows, width, seed) => {
          const [plain, fast] = [new PlainDotProducts(), vector()];
          plain.allocate(rows, width);
          fast.allocate(rows, width);
          for (let row = 0; row < rows; row += 1) {
            const values = Float64Array.from(autoregressive(0.9, width, seed + row));
            standardize(values, plain.row(row));
            standardize(values, fast.row(row));
          }
          for (let row = 0; row < rows; row += 4) {
            const [a, b] = [plain.strip(row, row), fast.strip(row, row)];
            for (let offset = 0; offset < Math.min(4, rows - row); offset += 1) {
              for (let column = row; column < rows; column += 1)
                expect(b.at(offset, column)).toBe(a.at(offset, column));
            }
          }
        },
      ),
    );
  });

  it("forget what was there before", () => {
    const fast = vector();
    fast.allocate(2, 8);
    fast.row(0).fill(100);
    fast.allocate(4, 8);
    expect(fast.strip(0, 0).at(0, 0)).toBe(0);
  });

  it("do without vectors where the machine has none", () => {
    expect(VectorDotProducts.from(new Uint8Array([1, 2, 3]))).toBeUndefined();
  });

  it("are compiled from the source beside them", () => {
    const script = join(import.meta.dirname, "../../../.ci/build-kernel.mjs");
    expect(() => execFileSync(process.execPath, [script, "--check"])).not.toThrow();
  });
});

describe("standardised rows", () => {
  it("give correlations to 1e-4", () => {
    const [a, b] = [autoregressive(0.9, 500, 1), autoregressive(0.9, 500, 2)];
    const mixed = Float64Array.from(b, (value, index) => 1_000 + value + (a[index] as number));
    const rows = [new Int16Array(500), new Int16Array(500)] as const;
    standardize(Float64Array.from(a), rows[0]);
    standardize(mixed, rows[1]);
    const dot = (x: Int16Array, y: Int16Array): number =>
      x.reduce((sum, value, index) => sum + value * (y[index] as number), 0);
    const r = dot(rows[0], rows[1]) / Math.sqrt(dot(rows[0], rows[0]) * dot(rows[1], rows[1]));
    expect(r).toBeCloseTo(pearson(Float64Array.from(a), mixed).r, 4);
  });

  it("stay within 16 and 32 bits, also for one spike", () => {
    const spike = new Float64Array(5_000);
    spike[7] = 1e300;
    const row = new Int16Array(5_000);
    standardize(spike, row);
    expect(Math.max(...row)).toBeLessThanOrEqual(32_767);
    expect(row.reduce((sum, value) => sum + value * value, 0)).toBeLessThan(2 ** 31);
  });

  it("are 0 for what does not vary, or is not known", () => {
    const row = new Int16Array(3).fill(9);
    expect(standardize(Float64Array.of(0.1, 0.1, 0.1), row)).toBe(false);
    expect(standardize(Float64Array.of(Number.NaN, Number.NaN, 1), row)).toBe(false);
    expect([...row]).toEqual([0, 0, 0]);
  });
});
