import type { SeriesSlice } from "./block.ts";

/** Decoded blocks, least recently used out first, bounded by the samples they hold. */
export class BlockCache {
  readonly #limit: number;
  readonly #blocks = new Map<number, SeriesSlice>();
  #samples = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(blockId: number): SeriesSlice | undefined {
    const block = this.#blocks.get(blockId);
    if (block !== undefined) {
      this.#blocks.delete(blockId);
      this.#blocks.set(blockId, block);
    }
    return block;
  }

  set(blockId: number, block: SeriesSlice): void {
    this.delete(blockId);
    this.#blocks.set(blockId, block);
    this.#samples += block.states.length;
    for (const [oldest, { states }] of this.#blocks) {
      if (this.#samples <= this.#limit || oldest === blockId) break;
      this.#blocks.delete(oldest);
      this.#samples -= states.length;
    }
  }

  delete(blockId: number): void {
    this.#samples -= this.#blocks.get(blockId)?.states.length ?? 0;
    this.#blocks.delete(blockId);
  }
}
