import type { Clock } from "#core/clock.ts";

/** The same answer for so many ms, however many ask; one that failed is forgotten at once. */
export function remembered<Value>(
  clock: Clock,
  milliseconds: number,
  make: () => Promise<Value>,
): () => Promise<Value> {
  let known: { readonly at: number; readonly value: Promise<Value> } | undefined;
  return () => {
    if (known !== undefined && clock.monotonic() - known.at < milliseconds) return known.value;
    const value = make();
    const asked = { at: clock.monotonic(), value };
    known = asked;
    value.catch(() => {
      if (known === asked) known = undefined;
    });
    return value;
  };
}
