import { Batch } from "../batch.ts";
import { latin1 } from "../chunk/batch-frame.ts";
import type { Entry } from "../store.ts";

/** Of what replaces everything, so many bytes are held at a time. */
const bytesAtOnce = 4 * 1024 * 1024;
/** As batches of some megabytes. */
export async function* batchesOf(entries: AsyncIterable<Entry>): AsyncGenerator<Batch> {
  let part = new Batch();
  let bytes = 0;
  for await (const { key, value } of entries) {
    part.put(key, value);
    bytes += key.length + value.length;
    if (bytes < bytesAtOnce) continue;
    yield part;
    part = new Batch();
    bytes = 0;
  }
  if (part.size > 0) yield part;
}

/** A bulk chunk has one sequence, so within it no operation comes after another: only the last one on each key counts. */
export function lastOfEachKey(batch: Batch): Batch {
  const last = new Map(batch.operations.map((operation) => [latin1(operation.key), operation]));
  const collapsed = new Batch();
  for (const operation of last.values()) {
    if (operation.kind === "put") collapsed.put(operation.key, operation.value);
    else collapsed.delete(operation.key);
  }
  return collapsed;
}
