import type { Batch, Document, Storage } from "#storage/index.ts";
import { unlessDamaged } from "./unless-damaged.ts";

/** The plans of the buses as they were last made, by the pipeline's own types; the repository does not look inside. */
export class PlansRepository {
  readonly #document: Document<Readonly<Record<string, unknown>>>;

  constructor(storage: Storage) {
    this.#document = storage.document<Readonly<Record<string, unknown>>>({ name: "plans", version: 1 });
  }

  /** Nothing also for a damaged record: they are made again within the hour. */
  async get(): Promise<ReadonlyMap<string, unknown>> {
    return new Map(Object.entries((await unlessDamaged(this.#document.get())) ?? {}));
  }

  stage(batch: Batch, plans: ReadonlyMap<string, unknown>): void {
    this.#document.stagePut(batch, Object.fromEntries(plans));
  }
}
