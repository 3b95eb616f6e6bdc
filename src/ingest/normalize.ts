import { isEntityId } from "#model/entity.ts";
import type { Reading } from "#model/reading.ts";
import { longestState, type Sample, unavailable, unknown } from "#model/sample.ts";

/** Decimal numbers as Home Assistant prints them, with an exponent where Python does so; no blanks, no `inf`, no hexadecimals. */
const number = /^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** The sample with what its text means; undefined when it is not as a sample has to be. */
export function normalize(sample: Sample): Reading | undefined {
  const { entityId, time, state } = sample;
  if (!isEntityId(entityId) || typeof state !== "string" || state.length > longestState || !Number.isSafeInteger(time))
    return undefined;
  if (state === unavailable || state === unknown) return { entityId, time, state, kind: state, value: Number.NaN };
  const value = number.test(state) ? Number(state) : Number.NaN;
  return Number.isFinite(value)
    ? { entityId, time, state, kind: "number", value }
    : { entityId, time, state, kind: "text", value: Number.NaN };
}
