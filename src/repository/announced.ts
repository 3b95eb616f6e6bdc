import type { Document, Storage } from "#storage/index.ts";
import { unlessDamaged } from "./unless-damaged.ts";

/** What was announced of each device; see publish/ports.ts. */
type Announced = Readonly<
  Record<string, { readonly topics: readonly string[]; readonly components: Readonly<Record<string, string>> }>
>;

/** What Home Assistant was told of. */
export class AnnouncedRepository {
  readonly #document: Document<Announced>;

  constructor(storage: Storage) {
    this.#document = storage.document<Announced>({ name: "announced", version: 1 });
  }

  /** Nothing also for a damaged record. */
  async load(): Promise<Announced> {
    return (await unlessDamaged(this.#document.get())) ?? {};
  }

  async save(announced: Announced): Promise<void> {
    await this.#document.put(announced);
  }
}
