import type { Batch, Collection, Storage } from "#storage/index.ts";
import { safeKey } from "./safe-key.ts";
import { unlessDamaged } from "./unless-damaged.ts";

/** How far sources were read whose rows are only ever added at the end. */
export class ImportsRepository {
  readonly #collection: Collection<string>;

  constructor(storage: Storage) {
    this.#collection = storage.collection<string>({ name: "import-positions", version: 1 });
  }

  /** Undefined where nothing was read yet. */
  position(source: string): Promise<string | undefined> {
    return unlessDamaged(this.#collection.get(safeKey(source)));
  }

  /** Everything up to the position is stored. */
  stage(batch: Batch, source: string, position: string): void {
    this.#collection.stagePut(batch, safeKey(source), position);
  }
}
