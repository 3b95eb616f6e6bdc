import { CadenceError } from "#core/errors.ts";
import type { Batch } from "../batch.ts";
import { largestValue, longestKey } from "../store.ts";

/** What every backend asks of a batch before it touches anything. Throws STORE_KEY_INVALID, STORE_VALUE_INVALID. */
export function checkBatch(batch: Batch, longest: number = longestKey): void {
  for (const operation of batch.operations) {
    checkKey(operation.key, longest);
    if (operation.kind === "put" && operation.value.length > largestValue) {
      throw new CadenceError(
        "STORE_VALUE_INVALID",
        `A value has ${operation.value.length} bytes; at most ${largestValue} can be stored.`,
      );
    }
  }
}

export function checkKey(key: Uint8Array, longest: number = longestKey): void {
  if (key.length > 0 && key.length <= longest) return;
  throw new CadenceError("STORE_KEY_INVALID", `A key must have 1 to ${longest} bytes, got ${key.length}.`);
}

export function storeClosed(): CadenceError {
  return new CadenceError("STORE_CLOSED", "The store is closed.", {
    remedy: "It was asked for after the end; start again.",
  });
}
