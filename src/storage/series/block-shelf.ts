import { breathe, type Breath } from "#core/breathe.ts";
import { type CadenceError, isCorruption } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import type { Batch } from "../batch.ts";
import { Cache, type CacheCounters } from "../cache.ts";
import { describeBlock } from "../describe-key.ts";
import { KeySpace, keyOf, orderedU32, orderedU64 } from "../keys.ts";
import type { Store } from "../store.ts";
import { decodeBlock, encodeBlockGently } from "./block.ts";
import { type BlockSummary, blockKey, expiredKey, summarizeBlock } from "./block-summary.ts";
import type { Effort } from "./effort.ts";
import { decodeRollUp, encodeRollUp, type RollUp, rollUp, type RollUpStep, rollUpSteps } from "./roll-up.ts";
import type { SeriesSlice } from "./series-slice.ts";
import type { SeriesState } from "./series-state.ts";

const cachedBytes = 12_000_000;
/** Of a decoded sample: its time, its value and its decimals. */
const bytesPerSample = 17;
/** A roll-up is kept when a bucket stands for so many samples on average; else reading those is as quick. */
const worthRollingUp: Readonly<Record<RollUpStep, number>> = { fiveMinutes: 512, hour: 256 };

/** Blocks and their roll-ups as records of a store. */
export class BlockShelf {
  readonly #store: Store;
  readonly #logger: Logger;
  readonly #cache = new Cache<SeriesSlice>({
    bytes: cachedBytes,
    sizeOf: ({ times }) => times.length * bytesPerSample,
  });
  #nextBlock = 1;

  constructor(store: Store, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  get cache(): CacheCounters {
    return this.#cache.counters();
  }

  /** A block that was found at opening: its number is not given again. */
  know({ blockId }: BlockSummary): void {
    this.#nextBlock = Math.max(this.#nextBlock, blockId + 1);
  }

  /** Undefined when the block was replaced meanwhile, or is damaged; it is then no longer among the blocks of its series. */
  async read(state: SeriesState, summary: BlockSummary): Promise<SeriesSlice | undefined> {
    const cached = this.#cache.peek(String(summary.blockId));
    if (cached !== undefined) return cached;
    try {
      const bytes = await this.#store.get(blockKey(summary));
      if (bytes === undefined) {
        // The store has its replacement already: so will the list, in a moment.
        while (state.blocks.includes(summary)) await breathe();
        return undefined;
      }
      const slice = decodeBlock(bytes);
      this.#cache.set(String(summary.blockId), slice);
      return slice;
    } catch (error) {
      if (!isCorruption(error)) throw error;
      this.#leaveOut(state, summary, error);
      return undefined;
    }
  }

  /** Undefined when there is none, or it is damaged: then the block itself is read. */
  readRollUp({ seriesId, blockId }: BlockSummary, step: RollUpStep): Promise<RollUp | undefined> {
    return this.#rollUpAt(rollUpKey(seriesId, blockId, step));
  }

  async #rollUpAt(key: Uint8Array): Promise<RollUp | undefined> {
    try {
      const bytes = await this.#store.get(key);
      return bytes === undefined || bytes.length === 0 ? undefined : decodeRollUp(bytes);
    } catch (error) {
      if (!isCorruption(error)) throw error;
      this.#logger.warn("A roll-up is damaged and left out", { error });
      return undefined;
    }
  }

  /** A new block in `batch`; a dense one with its roll-ups. */
  async stage(
    state: SeriesState,
    slice: SeriesSlice,
    { effort, batch, breath }: { readonly effort: Effort; readonly batch: Batch; readonly breath: Breath },
  ): Promise<BlockSummary> {
    const blockId = this.#nextBlock++;
    const rollUps = effort === "dense" ? stageRollUps(state.id, blockId, slice, batch) : [];
    const summary = summarizeBlock({ seriesId: state.id, blockId, effort, rollUps }, slice);
    batch.put(blockKey(summary), await encodeBlockGently(slice, effort, breath));
    return summary;
  }

  /** A block goes and leaves what its hours were; false when it cannot be read, and stays. */
  async stageExpiry(state: SeriesState, summary: BlockSummary, batch: Batch): Promise<boolean> {
    const kept = summary.rollUps.includes("hour") ? await this.readRollUp(summary, "hour") : undefined;
    const slice = kept === undefined ? await this.read(state, summary) : undefined;
    if (kept === undefined && slice === undefined) return false;
    const hours = kept ?? (slice === undefined ? undefined : rollUp(slice, rollUpSteps.hour));
    batch.put(expiredKey(summary), hours === undefined ? new Uint8Array() : encodeRollUp(hours));
    this.stageRemoval(summary, batch);
    return true;
  }

  /** The hours of a block that is gone; undefined when there are none, or they are damaged. */
  readExpired(summary: BlockSummary): Promise<RollUp | undefined> {
    return this.#rollUpAt(expiredKey(summary));
  }

  /** A block goes, and what was derived from it. */
  stageRemoval(summary: BlockSummary, batch: Batch): void {
    batch.delete(blockKey(summary));
    for (const step of summary.rollUps) batch.delete(rollUpKey(summary.seriesId, summary.blockId, step));
  }

  forget(gone: Iterable<BlockSummary>): void {
    for (const { blockId } of gone) this.#cache.invalidate(String(blockId));
  }

  /**
   * A damaged block costs its own samples and nothing else. Its record stays where it is, for verify to name it; whoever has its samples
   * may append them again.
   */
  #leaveOut(state: SeriesState, summary: BlockSummary, error: CadenceError): void {
    if (!state.blocks.includes(summary)) return;
    state.replaceBlocks(new Set([summary]), []);
    this.#logger.error(`${describeBlock(summary, state.name)} are damaged and left out.`, { error });
  }
}

function stageRollUps(seriesId: number, blockId: number, slice: SeriesSlice, batch: Batch): RollUpStep[] {
  const kept: RollUpStep[] = [];
  for (const [name, step] of Object.entries(rollUpSteps) as [RollUpStep, number][]) {
    const rolled = rollUp(slice, step);
    if (rolled === undefined || rolled.buckets.length * worthRollingUp[name] > slice.times.length) continue;
    batch.put(rollUpKey(seriesId, blockId, name), encodeRollUp(rolled));
    kept.push(name);
  }
  return kept;
}

/** See docs/format/keys.md. */
function rollUpKey(seriesId: number, blockId: number, step: RollUpStep): Uint8Array {
  const level = Uint8Array.of(step === "fiveMinutes" ? 1 : 2);
  return keyOf(KeySpace.rollUp, orderedU32(seriesId), level, orderedU64(blockId));
}
