import { expect, it } from "vitest";

/** The browser's own module; it is checked with the browser's types, not with ours. */
const { choice } = (await import(new URL("../../src/web/ui/choice.js", import.meta.url).href)) as {
  choice: <Value>(table: Record<string, Value>, name: string | null, otherwise: Value) => Value;
};

it.each([
  ["a", 1],
  ["b", 2],
  ["c", 0],
  ["constructor", 0],
  ["__proto__", 0],
  [null, 0],
])("takes what an address names, and %s only where the table has it", (name, expected) =>
  expect(choice({ a: 1, b: 2 }, name, 0)).toBe(expected),
);
