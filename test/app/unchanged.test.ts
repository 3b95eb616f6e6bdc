import { expect, it } from "vitest";
import { Unchanged } from "#app/unchanged.ts";

interface Made {
  readonly a: number;
  readonly b?: object;
}

it("gives what was made before as long as every field is the same one", () => {
  const kept = new Unchanged<Made>();
  const part = {};
  const first = kept.sameOr("x", { a: 1, b: part });
  expect(kept.sameOr("x", { a: 1, b: part })).toBe(first);
  expect(kept.sameOr("y", { a: 1, b: part })).not.toBe(first);
  const other = kept.sameOr("x", { a: 1, b: {} });
  expect(other).not.toBe(first);
  const less = kept.sameOr("x", { a: 1 });
  expect(less).toEqual({ a: 1 });
  expect(kept.sameOr("x", { a: Number.NaN })).toBe(kept.sameOr("x", { a: Number.NaN }));
  const last = kept.sameOr("x", { a: 2 });
  kept.forget();
  expect(kept.sameOr("x", { a: 2 })).not.toBe(last);
});
