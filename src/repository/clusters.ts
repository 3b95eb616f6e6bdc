import type { Cluster } from "#model/cluster.ts";
import type { Batch, Document, Storage } from "#storage/index.ts";
import { unlessDamaged } from "./unless-damaged.ts";

/** The clusters as they were last found, so that they keep their ids; everything else is found anew. */
export class ClusterRepository {
  readonly #document: Document<readonly Cluster[]>;

  constructor(storage: Storage) {
    this.#document = storage.document<readonly Cluster[]>({ name: "found-clusters", version: 1 });
  }

  async get(): Promise<readonly Cluster[]> {
    return (await unlessDamaged(this.#document.get())) ?? [];
  }

  stage(batch: Batch, clusters: readonly Cluster[]): void {
    this.#document.stagePut(batch, clusters);
  }
}
