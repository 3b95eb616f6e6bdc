import { type BlockSummary, figuresOf } from "./block-summary.ts";
import { Head } from "./head.ts";
import { lowerBound, mergeSlices, type SeriesSlice } from "./series-slice.ts";

/** What is known of a stored series without reading it. Times in ms. */
export interface SeriesInfo {
  readonly samples: number;
  readonly first: number;
  readonly last: number;
}

/** A series: its blocks, and what is not in a block yet. */
export class SeriesState {
  readonly id: number;
  name: string;
  /** In time order; they never overlap. */
  blocks: readonly BlockSummary[] = [];
  /** Blocks that retention has removed, of which the hours are kept; in time order, all before `blocks`. */
  expired: readonly BlockSummary[] = [];
  /** Grows when other blocks take the place of some. */
  version = 0;
  /** The newest samples. */
  head: Head = new Head();
  /** Samples on their way from the head into blocks. */
  frozen: Head | undefined;

  constructor(id: number, name: string) {
    this.id = id;
    this.name = name;
  }

  /** What is in the head is frozen, with what was frozen before and did not become blocks. */
  freeze(): void {
    if (this.frozen === undefined) {
      this.frozen = this.head;
    } else {
      const { times, states } = this.head.slice();
      this.frozen.add(times, states);
    }
    // As much as this took will come again; half of the room at once, because what is frozen is still there.
    this.head = new Head(Math.max(16, Math.ceil(this.head.count / 2)));
  }

  /** What was frozen is in blocks. */
  thaw(): void {
    this.frozen = undefined;
  }

  /** Minus infinity when empty. */
  get lastTime(): number {
    const block = this.blocks.at(-1)?.last ?? this.expiredUntil;
    return Math.max(block, this.frozen?.lastTime ?? Number.NEGATIVE_INFINITY, this.head.lastTime);
  }

  /** Of everything that was ever stored; infinity when empty. */
  get firstTime(): number {
    const block = this.expired[0] ?? this.blocks[0];
    return Math.min(
      block?.first ?? Number.POSITIVE_INFINITY,
      this.frozen?.first ?? Number.POSITIVE_INFINITY,
      this.head.first ?? Number.POSITIVE_INFINITY,
    );
  }

  /** What is not newer than this was stored once, and is gone; minus infinity when nothing is. */
  get expiredUntil(): number {
    return this.expired.at(-1)?.last ?? Number.NEGATIVE_INFINITY;
  }

  /** Undefined when empty. */
  get info(): SeriesInfo | undefined {
    const heads = [this.frozen, this.head].filter((head) => head !== undefined && head.count > 0) as Head[];
    const samples =
      this.blocks.reduce((sum, { count }) => sum + count, 0) + heads.reduce((sum, { count }) => sum + count, 0);
    if (samples === 0) return undefined;
    const first = Math.min(
      ...heads.map((head) => head.first as number),
      this.blocks[0]?.first ?? Number.POSITIVE_INFINITY,
    );
    return { samples, first, last: this.lastTime };
  }

  /** The newest sample, from memory; undefined when there is none, or its text is too long to be held there. */
  get last(): { readonly time: number; readonly state: string } | undefined {
    let newest: { readonly time: number; readonly state: string } | undefined;
    for (const head of [this.frozen, this.head]) {
      const last = head?.last;
      if (last !== undefined && (newest === undefined || last.time >= newest.time)) newest = last;
    }
    const block = this.blocks.at(-1);
    if (block === undefined || (newest !== undefined && newest.time >= block.last)) return newest;
    const state = figuresOf(block).lastState;
    return state === undefined ? newest : { time: block.last, state };
  }

  /** What is not in a block, from `from` (inclusive) to `to` (exclusive); the caller's own. */
  unblocked(from: number, to: number): SeriesSlice {
    const head = this.head.slice(from, to);
    const merged = this.frozen === undefined ? head : mergeSlices(this.frozen.slice(from, to), head);
    return { times: merged.times.slice(), states: merged.states.copy() };
  }

  /** The block that a time falls into. */
  blockAt(time: number): BlockSummary | undefined {
    const block = this.blocks[this.#firstEnding(time)];
    return block !== undefined && block.first <= time ? block : undefined;
  }

  /** The last block that ends before `time`. */
  blockBefore(time: number): BlockSummary | undefined {
    return this.blocks[this.#firstEnding(time) - 1];
  }

  /** The first block with samples at or after `time`. */
  blockFrom(time: number): BlockSummary | undefined {
    return this.blocks[this.#firstEnding(time)];
  }

  /** Other blocks in place of `gone`. */
  replaceBlocks(gone: ReadonlySet<BlockSummary>, made: readonly BlockSummary[]): void {
    this.version += 1;
    this.blocks = [...this.blocks.filter((block) => !gone.has(block)), ...made].toSorted((a, b) => a.first - b.first);
  }

  #firstEnding(time: number): number {
    return lowerBound({ length: this.blocks.length, at: (index) => this.blocks[index]?.last ?? 0 }, time);
  }
}
