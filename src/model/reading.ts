import type { Sample } from "./sample.ts";

/** A sample with what its text means. `value` is NaN unless `kind` is `number`. */
export interface Reading extends Sample {
  readonly kind: "number" | "text" | "unavailable" | "unknown";
  readonly value: number;
}
