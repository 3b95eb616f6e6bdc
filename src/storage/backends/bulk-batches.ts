import { Batch, type Operation, sizeOf } from "../batch.ts";
import { latin1, type PlacedOperation } from "../chunk/batch-frame.ts";
import type { ChunkWriter } from "../chunk/chunk-writer.ts";
import type { Entry } from "../store.ts";

/** Of what is carried from chunk to chunk, or replaces everything, so many bytes are held at a time. */
const bytesAtOnce = 1024 * 1024;

/** As many as there are, of one sequence; resolves with where everything landed. */
export async function appendInParts(
  writer: ChunkWriter,
  operations: AsyncIterable<Operation>,
  sequence: number,
): Promise<PlacedOperation[]> {
  const placed: PlacedOperation[] = [];
  for await (const part of partsOf(operations))
    for (const operation of await writer.appendSplit(part, sequence)) placed.push(operation);
  return placed;
}

async function* partsOf(operations: AsyncIterable<Operation>): AsyncGenerator<readonly Operation[]> {
  let part: Operation[] = [];
  let bytes = 0;
  for await (const operation of operations) {
    part.push(operation);
    bytes += sizeOf(operation);
    if (bytes < bytesAtOnce) continue;
    yield part;
    part = [];
    bytes = 0;
  }
  if (part.length > 0) yield part;
}

export async function* asPuts(entries: AsyncIterable<Entry>): AsyncGenerator<Operation> {
  for await (const { key, value } of entries) yield { kind: "put", key, value };
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
