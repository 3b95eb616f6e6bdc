import { normalize } from "#ingest/normalize.ts";
import type { Reading } from "#model/reading.ts";

/** Readings of one entity from `[milliseconds, state]` pairs. */
export function readingsOf(rows: Iterable<readonly [time: number, state: string]>, entityId = "sensor.a"): Reading[] {
  return [...rows].map(([time, state]) => normalize({ entityId, time, state }) as Reading);
}
