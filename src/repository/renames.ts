import type { Rename } from "#model/rename.ts";
import type { Batch, Collection, Storage } from "#storage/index.ts";
import { unlessDamaged } from "./unless-damaged.ts";

/** Older ones are forgotten: nobody waits for them. */
const most = 1_000;

/** A rename that the server of all sites was not told of yet. */
export interface PendingRename extends Rename {
  readonly key: string;
}

/** Renames that happened here and that others have to follow, in their order. */
export class RenamesRepository {
  readonly #collection: Collection<Rename>;

  constructor(storage: Storage) {
    this.#collection = storage.collection<Rename>({ name: "renames", version: 1 });
  }

  /** In the order in which they happened. */
  async pending(): Promise<readonly PendingRename[]> {
    const renames: PendingRename[] = [];
    for await (const key of this.#collection.keys()) {
      const rename = await unlessDamaged(this.#collection.get(key));
      if (rename !== undefined) renames.push({ key, ...rename });
    }
    return renames;
  }

  /** Renames come one at a time. */
  async stage(batch: Batch, { from, to }: Rename): Promise<void> {
    const keys: string[] = [];
    for await (const key of this.#collection.keys()) keys.push(key);
    const next = Number(keys.at(-1) ?? -1) + 1;
    this.#collection.stagePut(batch, String(next).padStart(12, "0"), { from, to });
    for (const key of keys.slice(0, Math.max(0, keys.length + 1 - most))) this.#collection.stageDelete(batch, key);
  }

  stageDone(batch: Batch, { key }: PendingRename): void {
    this.#collection.stageDelete(batch, key);
  }
}
