import type { EntityId } from "#model/entity.ts";
import { PlainDotProducts } from "#pipeline/correlation/dot-products.ts";
import { correlate, type Correlations } from "#pipeline/correlation/correlate.ts";
import { addToTrace, emptyTrace, type Trace } from "#pipeline/grid/trace.ts";
import { seeded } from "./random.ts";

/** Standard normal numbers that a seed repeats (Box and Muller). */
export function normal(seed: number): () => number {
  const random = seeded(seed);
  return () => Math.sqrt(-2 * Math.log(random() || 1e-12)) * Math.cos(2 * Math.PI * random());
}

/** x ← memory · x + noise; memory 1 is a random walk. */
export function autoregressive(memory: number, count: number, seed: number): number[] {
  const noise = normal(seed);
  let value = 0;
  return Array.from({ length: count }, () => (value = memory * value + noise()));
}

/** A trace of values that were read every `width` ms. */
export function traceOf(values: readonly number[], { width = 300_000, from = 1_700_000_100_000 } = {}): Trace {
  const trace = emptyTrace();
  for (const [index, value] of values.entries()) {
    const kind = Number.isNaN(value) ? "unavailable" : "number";
    const time = from + index * width;
    addToTrace(trace, { entityId: "sensor.a", time, state: String(value), kind, value });
  }
  return trace;
}

/** The result of work that yields its progress. */
export function finish<Result>(work: Generator<number, Result>): Result {
  for (;;) {
    const next = work.next();
    if (next.done === true) return next.value;
  }
}

export function correlationsOf(
  signals: Readonly<Record<EntityId, readonly number[]>>,
  dotProducts = new PlainDotProducts(),
): Correlations {
  const traces = new Map(Object.entries(signals).map(([entityId, values]) => [entityId, traceOf(values)]));
  return finish(correlate(traces, dotProducts));
}
