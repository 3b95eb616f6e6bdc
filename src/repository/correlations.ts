import { type CorrelationMatrix, type PackedMatrix, packMatrix, unpackMatrix } from "#model/correlation-matrix.ts";
import type { Batch, Document, Storage } from "#storage/index.ts";
import { unlessDamaged } from "./unless-damaged.ts";

/** The correlation matrix as it was last found, packed; it is found anew every hour. */
export class CorrelationRepository {
  readonly #document: Document<PackedMatrix>;

  constructor(storage: Storage) {
    this.#document = storage.document<PackedMatrix>({ name: "found-correlations", version: 1 });
  }

  /** Undefined also for a damaged record. */
  async get(): Promise<CorrelationMatrix | undefined> {
    const packed = await unlessDamaged(this.#document.get());
    return packed === undefined ? undefined : unpackMatrix(packed);
  }

  stage(batch: Batch, matrix: CorrelationMatrix): void {
    this.#document.stagePut(batch, packMatrix(matrix));
  }
}
