import { CadenceError } from "#core/errors.ts";
import { Batch } from "../batch.ts";
import type { Store } from "../store.ts";

export interface TransferReport {
  readonly entries: number;
  readonly bytes: number;
}

/** Written as one, in bytes and entries. */
const bytesAtOnce = 4 * 1024 * 1024;
const entriesAtOnce = 10_000;

/**
 * Everything of one store into an empty other one, whatever their backends, and then compared, entry by entry. Throws STORE_EXPORT_EXISTS when the other one holds something,
 * STORE_VALUE_INVALID when what is needed is not among its capabilities, STORE_CORRUPT when the two differ afterwards.
 */
export async function transfer(
  from: Store,
  to: Store,
  { durable = true }: { readonly durable?: boolean } = {},
): Promise<TransferReport> {
  for await (const _key of to.keys({ limit: 1 }))
    throw new CadenceError("STORE_EXPORT_EXISTS", "The store to move to is not empty.");
  if (durable && !to.capabilities.durable) {
    throw new CadenceError("STORE_VALUE_INVALID", "The store to move to does not outlive the process.", {
      remedy: "Name one of files or of SQLite.",
    });
  }
  let batch = new Batch();
  let [entries, bytes, pending] = [0, 0, 0];
  for await (const { key, value } of from.range()) {
    batch.put(key, value);
    entries += 1;
    pending += key.length + value.length;
    if (pending < bytesAtOnce && batch.size < entriesAtOnce) continue;
    await to.bulk(batch);
    batch = new Batch();
    bytes += pending;
    pending = 0;
  }
  if (batch.size > 0) await to.bulk(batch);
  await to.sync();
  await compare(from, to);
  return { entries, bytes: bytes + pending };
}

async function compare(from: Store, to: Store): Promise<void> {
  const others = to.range()[Symbol.asyncIterator]();
  for await (const { key, value } of from.range()) {
    const next = await others.next();
    const other = next.done === true ? undefined : next.value;
    if (other === undefined || Buffer.compare(other.key, key) !== 0 || Buffer.compare(other.value, value) !== 0)
      throw different();
  }
  if ((await others.next()).done !== true) throw different();
}

function different(): CadenceError {
  return new CadenceError("STORE_CORRUPT", "What was written to the other store is not what was read.", {
    remedy: "Check the disk, and begin again with an empty store. The first store was not changed.",
  });
}
