import type { Gap } from "#model/gap.ts";
import type { Batch, Collection, Storage } from "#storage/index.ts";
import { unlessDamaged } from "./unless-damaged.ts";

/** Stretches of time in which something may have been missed, or clocks jumped, with their cause; older ones are forgotten. */
export class GapRepository {
  readonly #collection: Collection<Gap>;

  constructor(storage: Storage) {
    this.#collection = storage.collection<Gap>({ name: "gaps", version: 1 });
  }

  /** A gap that began at the same time takes the place of the one before. */
  stage(batch: Batch, gap: Gap): void {
    this.#collection.stagePut(batch, keyOf(gap.from), gap);
  }

  /** Removes the oldest until `most` are left. */
  async stagePrune(batch: Batch, most: number): Promise<void> {
    const keys: string[] = [];
    for await (const key of this.#collection.keys()) keys.push(key);
    for (const key of keys.slice(0, Math.max(0, keys.length - most))) this.#collection.stageDelete(batch, key);
  }

  /** In the order in which they began. */
  async all(): Promise<readonly Gap[]> {
    const gaps: Gap[] = [];
    for await (const key of this.#collection.keys()) {
      const gap = await unlessDamaged(this.#collection.get(key));
      if (gap !== undefined) gaps.push(gap);
    }
    return gaps;
  }
}

/** With as many digits as any, so that the order of keys is that of times. */
function keyOf(time: number): string {
  return Math.max(0, Math.round(time)).toString().padStart(16, "0");
}
