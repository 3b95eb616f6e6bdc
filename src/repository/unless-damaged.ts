import { isCorruption } from "#core/errors.ts";

/** Undefined instead of a record that is damaged, where it can be made again; the store has counted it. */
export async function unlessDamaged<Value>(record: Promise<Value | undefined>): Promise<Value | undefined> {
  try {
    return await record;
  } catch (error) {
    if (isCorruption(error)) return undefined;
    throw error;
  }
}
