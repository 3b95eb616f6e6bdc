// Over 400 lines: appending, checkpoints and reading share the heads, the block list and the log under one mutex; blocks,
// heads, log entries and the cache stand in files of their own.
import { CadenceError, isCorruption } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import { Mutex } from "#core/mutex.ts";
import { Batch } from "../batch.ts";
import { Cache } from "../cache.ts";
import { describeBlock } from "../describe-key.ts";
import { ByteReader } from "../codec/byte-reader.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import { KeySpace, keyOf, keyText, orderedU64, prefixRange, readOrderedU64, textKey } from "../keys.ts";
import type { Store } from "../store.ts";
import { decodeBlock, encodeBlock, type SeriesSlice } from "./block.ts";
import { type BlockSummary, blockKey, parseBlockKey, summarizeBlock } from "./block-summary.ts";
import { runsToJoin } from "./dense-blocks.ts";
import { Head, lowerBound, mergeSlices } from "./head.ts";
import { decodeLogEntry, encodeLogEntry, type SeriesSamples } from "./log-entry.ts";

/** One sample: `time` in whole milliseconds since 1970. */
export interface SeriesSample {
  readonly series: string;
  readonly time: number;
  readonly state: string;
}

export interface SeriesInfo {
  readonly samples: number;
  readonly first: number;
  readonly last: number;
}

export interface AppendResult {
  /** Samples that were new. */
  readonly stored: number;
  /** Samples that were there already. */
  readonly duplicates: number;
}

/** A series with its blocks in time order; blocks of one series never overlap. */
interface SeriesState {
  readonly id: number;
  readonly name: string;
  head: Head;
  blocks: BlockSummary[];
}

const samplesPerBlock = 4_096;
/** Blocks that are done grow to this: larger ones hardly become smaller, and cost more to read a day of. */
const denseBlock = 16_384;
const densifiedAtOnce = 65_536;
/** A last block smaller than this is read and joined with what comes, so that rare series do not collect tiny blocks. */
const smallBlock = 1_024;
/** A log that holds more is turned into blocks. */
const samplesInLog = 65_536;
const longestText = 65_536;
const cachedBytes = 12_000_000;
/** Of a decoded sample: its time, and its text's share of memory. */
const bytesPerSample = 30;
/** Whole milliseconds whose magnitude the block format can hold. */
const farthestTime = 2 ** 49;

/**
 * Samples of many series. New ones go to the log and to heads in memory; a checkpoint turns heads into blocks in one atomic
 * step. Appending what is there stores nothing: see docs/format/series.md for the rule of identity.
 */
export class SeriesStore {
  readonly #store: Store;
  readonly #logger: Logger;
  readonly #byName = new Map<string, SeriesState>();
  readonly #byId = new Map<number, SeriesState>();
  /** Guards everything below and the heads; appends and checkpoints come one after the other. */
  readonly #changing = new Mutex();
  readonly #blocks = new Cache<SeriesSlice>({
    bytes: cachedBytes,
    sizeOf: ({ states }) => states.length * bytesPerSample,
  });
  #logKeys: Uint8Array[] = [];
  #logSamples = 0;
  #nextLog = 1;
  #nextSeries = 1;
  #nextBlock = 1;

  private constructor(store: Store, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  /** Reads names, block keys and the log; no block. */
  static async open(store: Store, logger: Logger): Promise<SeriesStore> {
    const series = new SeriesStore(store, logger);
    await series.#load();
    return series;
  }

  async #load(): Promise<void> {
    for await (const { key, value } of this.#store.range(prefixRange(keyOf(KeySpace.seriesName)))) {
      this.#enter(keyText(key.subarray(1)), new ByteReader(value).varint());
    }
    for await (const key of this.#store.keys(prefixRange(keyOf(KeySpace.block)))) {
      const summary = parseBlockKey(key);
      this.#nextBlock = Math.max(this.#nextBlock, summary.blockId + 1);
      this.#byId.get(summary.seriesId)?.blocks.push(summary);
    }
    for await (const { key, value } of this.#store.range(prefixRange(keyOf(KeySpace.log)))) {
      this.#nextLog = readOrderedU64(key, 1) + 1;
      this.#logKeys.push(key);
      for (const group of decodeLogEntry(value)) this.#enterHead(group);
    }
  }

  #enter(name: string, id: number): SeriesState {
    const state: SeriesState = { id, name, head: new Head(), blocks: [] };
    this.#byName.set(name, state);
    this.#byId.set(id, state);
    this.#nextSeries = Math.max(this.#nextSeries, id + 1);
    return state;
  }

  #enterHead({ seriesId, times, states }: SeriesSamples): void {
    const state = this.#byId.get(seriesId);
    if (state === undefined) {
      this.#logger.error("The log names a series that is not known; its samples are left out", {
        seriesId,
        samples: times.length,
      });
      return;
    }
    state.head.add(times, states);
    this.#logSamples += times.length;
  }

  /**
   * Stores what is new of `samples`, and everything in `extra`, as one batch: all or nothing, and both survive the end of the
   * process when it resolves. Samples of one series and time are a sequence, in which a text that follows itself counts once; each text
   * is kept as often as it occurs in this call or is stored already, whichever is more. Throws STORE_VALUE_INVALID, and what the store throws.
   */
  append(samples: readonly SeriesSample[], extra?: Batch): Promise<AppendResult> {
    return this.#changing.run(async () => {
      const batch = new Batch();
      const created: SeriesState[] = [];
      const fresh: { state: SeriesState; times: number[]; states: string[] }[] = [];
      for (const [name, list] of groupBySeries(samples)) {
        let state = this.#byName.get(name);
        if (state === undefined) {
          state = { id: this.#nextSeries + created.length, name, head: new Head(), blocks: [] };
          created.push(state);
          batch.put(keyOf(KeySpace.seriesName, textKey(name)), new ByteWriter(4).varint(state.id).finish().slice());
        }
        const news = await this.#newOf(state, list);
        if (news.times.length > 0) fresh.push({ state, ...news });
      }
      const stored = fresh.reduce((sum, { times }) => sum + times.length, 0);
      const logKey = keyOf(KeySpace.log, orderedU64(this.#nextLog));
      if (stored > 0)
        batch.put(
          logKey,
          encodeLogEntry(fresh.map(({ state, times, states }) => ({ seriesId: state.id, times, states }))),
        );
      for (const operation of extra?.operations ?? []) {
        if (operation.kind === "put") batch.put(operation.key, operation.value);
        else batch.delete(operation.key);
      }
      if (batch.size > 0) await this.#store.write(batch);
      for (const { name, id } of created) this.#enter(name, id);
      for (const { state, times, states } of fresh) (this.#byId.get(state.id) as SeriesState).head.add(times, states);
      if (stored > 0) {
        this.#nextLog += 1;
        this.#logKeys.push(logKey);
        this.#logSamples += stored;
      }
      if (this.#logSamples >= samplesInLog) await this.#checkpointOrWarn();
      return { stored, duplicates: samples.length - stored };
    });
  }

  /** The samples of `list` (in any order) that are not stored yet, in time order. */
  async #newOf(state: SeriesState, list: readonly SeriesSample[]): Promise<{ times: number[]; states: string[] }> {
    const sorted = isSorted(list) ? list : list.toSorted((a, b) => a.time - b.time);
    const last = this.#lastTime(state);
    const times: number[] = [];
    const states: string[] = [];
    for (let begin = 0; begin < sorted.length;) {
      const time = (sorted[begin] as SeriesSample).time;
      let end = begin + 1;
      while (end < sorted.length && (sorted[end] as SeriesSample).time === time) end += 1;
      const stored = time > last ? undefined : await this.#storedAt(state, time);
      let before: string | undefined;
      for (const { state: text } of sorted.slice(begin, end)) {
        // The same text again is no change; A, B, A is two.
        if (text === before) continue;
        before = text;
        const left = stored?.get(text) ?? 0;
        if (left > 0) {
          stored?.set(text, left - 1);
        } else {
          times.push(time);
          states.push(text);
        }
      }
      begin = end;
    }
    return { times, states };
  }

  /** How often each text is stored at a time. */
  async #storedAt(state: SeriesState, time: number): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    const count = ({ times, states }: SeriesSlice): void => {
      for (let index = lowerBound(times, time); times[index] === time; index += 1) {
        const text = states[index] as string;
        counts.set(text, (counts.get(text) ?? 0) + 1);
      }
    };
    count(state.head.slice(time, time + 1));
    for (let block = blockAt(state.blocks, time); block !== undefined; block = blockAt(state.blocks, time)) {
      const slice = await this.#readBlock(block);
      // A damaged one is left out by now, and may have hidden the one that was made in its place.
      if (slice === undefined && !state.blocks.includes(block)) continue;
      if (slice !== undefined) count(slice);
      break;
    }
    return counts;
  }

  /** Undefined when the block was replaced meanwhile, or is damaged; it is then no longer among the blocks of its series. */
  async #readBlock(summary: BlockSummary): Promise<SeriesSlice | undefined> {
    const cached = this.#blocks.peek(String(summary.blockId));
    if (cached !== undefined) return cached;
    try {
      const bytes = await this.#store.get(blockKey(summary));
      if (bytes === undefined) return undefined;
      const slice = decodeBlock(bytes);
      this.#blocks.set(String(summary.blockId), slice);
      return slice;
    } catch (error) {
      if (!isCorruption(error)) throw error;
      this.#leaveOut(summary, error);
      return undefined;
    }
  }

  /**
   * A damaged block costs its own samples and nothing else. Its record stays where it is, for verify to name it; whoever has its samples
   * may append them again.
   */
  #leaveOut(summary: BlockSummary, error: CadenceError): void {
    const state = this.#byId.get(summary.seriesId);
    if (state?.blocks.includes(summary) !== true) return;
    state.blocks = state.blocks.filter((block) => block !== summary);
    this.#logger.error(`${describeBlock(summary, state.name)} are damaged and left out.`, { error });
  }

  #lastTime(state: SeriesState): number {
    return Math.max(
      state.head.last?.time ?? Number.NEGATIVE_INFINITY,
      state.blocks.at(-1)?.last ?? Number.NEGATIVE_INFINITY,
    );
  }

  /** Turns everything in the log into blocks. */
  flush(): Promise<void> {
    return this.#changing.run(() => this.#checkpoint());
  }

  /** What was appended is safe in the log: a checkpoint that fails is tried again at the next append. */
  async #checkpointOrWarn(): Promise<void> {
    try {
      await this.#checkpoint();
    } catch (error) {
      this.#logger.warn("The log could not be turned into blocks now; it is kept and tried again", { error });
    }
  }

  async #checkpoint(): Promise<void> {
    if (this.#logKeys.length === 0) return;
    const batch = new Batch();
    const after: { state: SeriesState; blocks: BlockSummary[]; gone: BlockSummary[] }[] = [];
    for (const state of this.#byId.values()) {
      if (state.head.count > 0) after.push(await this.#turnIntoBlocks(state, batch));
    }
    for (const key of this.#logKeys) batch.delete(key);
    await this.#store.bulk(batch);
    for (const { state, blocks, gone } of after) {
      state.blocks = blocks;
      state.head = new Head();
      for (const { blockId } of gone) this.#blocks.invalidate(String(blockId));
    }
    this.#logKeys = [];
    this.#logSamples = 0;
  }

  /**
   * Joins neighbouring blocks into dense ones, a bounded number of samples at a time, so that appends get their turn in between. Resolves
   * when there is nothing left that is worth it.
   */
  async densify(): Promise<void> {
    while (await this.#changing.run(() => this.#densifySome()));
  }

  async #densifySome(): Promise<boolean> {
    const batch = new Batch();
    const joined: { state: SeriesState; gone: ReadonlySet<BlockSummary>; made: BlockSummary }[] = [];
    let samples = 0;
    for (const state of this.#byId.values()) {
      for (const run of runsToJoin(state.blocks, denseBlock)) {
        if (samples >= densifiedAtOnce) break;
        const slices: SeriesSlice[] = [];
        for (const block of run) {
          const slice = await this.#readBlock(block);
          if (slice !== undefined) slices.push(slice);
        }
        // What cannot be read is left out of the next round, and its record is kept.
        if (slices.length < run.length) continue;
        for (const block of run) batch.delete(blockKey(block));
        const merged = slices.reduce(mergeSlices);
        const made = summarizeBlock(state.id, this.#nextBlock++, merged);
        batch.put(blockKey(made), encodeBlock(merged));
        joined.push({ state, gone: new Set(run), made });
        samples += merged.states.length;
      }
    }
    if (joined.length === 0) return false;
    await this.#store.bulk(batch);
    for (const { state, gone, made } of joined) {
      state.blocks = [...state.blocks.filter((block) => !gone.has(block)), made].toSorted((a, b) => a.first - b.first);
      for (const { blockId } of gone) this.#blocks.invalidate(String(blockId));
    }
    return true;
  }

  /** The head joined with the blocks it overlaps, and with a last block that is small, as new blocks. */
  async #turnIntoBlocks(
    state: SeriesState,
    batch: Batch,
  ): Promise<{ state: SeriesState; blocks: BlockSummary[]; gone: BlockSummary[] }> {
    const head = state.head.slice();
    const first = head.times[0] as number;
    const last = head.times[head.times.length - 1] as number;
    const final = state.blocks.at(-1);
    const joined = state.blocks.filter(
      (block) =>
        (block.last >= first && block.first <= last) ||
        (block === final && block.count < smallBlock && block.last < first),
    );
    let merged: SeriesSlice = { times: new Float64Array(0), states: [] };
    for (const block of joined) {
      const slice = await this.#readBlock(block);
      if (slice === undefined) continue;
      merged = mergeSlices(merged, slice);
      batch.delete(blockKey(block));
    }
    merged = mergeSlices(merged, head);
    const made: BlockSummary[] = [];
    for (const slice of split(merged)) {
      const summary = summarizeBlock(state.id, this.#nextBlock++, slice);
      batch.put(blockKey(summary), encodeBlock(slice));
      made.push(summary);
    }
    const gone = new Set(joined);
    const blocks = [...state.blocks.filter((block) => !gone.has(block)), ...made].toSorted((a, b) => a.first - b.first);
    return { state, blocks, gone: joined };
  }

  /** Samples in time order, `from` inclusive, `to` exclusive, a block at a time. Samples that arrive meanwhile may be among them. */
  async *read(
    series: string,
    { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: { from?: number; to?: number } = {},
  ): AsyncGenerator<SeriesSlice> {
    const state = this.#byName.get(series);
    let position = from;
    while (state !== undefined && position < to) {
      const next = state.blocks.find((block) => block.last >= position && block.first < to);
      const slice = next === undefined ? undefined : await this.#readBlock(next);
      // A checkpoint may have replaced the block while it was read: then look again.
      if (next !== undefined && (slice === undefined || !state.blocks.includes(next))) continue;
      const end = next === undefined ? to : Math.min(to, next.last + 1);
      const head = state.head.slice(position, end);
      const merged = slice === undefined ? head : mergeSlices(cut(slice, position, end), head);
      if (merged.states.length > 0) yield merged;
      position = end;
    }
  }

  /** The newest sample, from memory. */
  last(series: string): { readonly time: number; readonly state: string } | undefined {
    const state = this.#byName.get(series);
    const head = state?.head.last;
    const block = state?.blocks.at(-1);
    if (block === undefined || (head !== undefined && head.time >= block.last)) return head;
    return block.lastState === undefined ? head : { time: block.last, state: block.lastState };
  }

  /** All series, in order of their names. */
  names(): readonly string[] {
    return [...this.#byName.keys()].toSorted();
  }

  info(series: string): SeriesInfo | undefined {
    const state = this.#byName.get(series);
    return state === undefined || (state.head.count === 0 && state.blocks.length === 0) ? undefined : infoOf(state);
  }

  totals(): { readonly series: number; readonly samples: number; readonly oldest?: number; readonly newest?: number } {
    const infos = [...this.#byId.values()].map(infoOf);
    const samples = infos.reduce((sum, info) => sum + info.samples, 0);
    if (samples === 0) return { series: this.#byId.size, samples };
    const oldest = infos.reduce((least, { first }) => Math.min(least, first), Number.POSITIVE_INFINITY);
    const newest = infos.reduce((most, { last }) => Math.max(most, last), Number.NEGATIVE_INFINITY);
    return { series: this.#byId.size, samples, oldest, newest };
  }

  /** The name of a series by the id in its keys. */
  nameOf(seriesId: number): string | undefined {
    return this.#byId.get(seriesId)?.name;
  }
}

function infoOf({ head, blocks }: SeriesState): SeriesInfo {
  const samples = blocks.reduce((sum, { count }) => sum + count, head.count);
  const first = Math.min(head.first ?? Number.POSITIVE_INFINITY, blocks[0]?.first ?? Number.POSITIVE_INFINITY);
  const last = Math.max(head.last?.time ?? Number.NEGATIVE_INFINITY, blocks.at(-1)?.last ?? Number.NEGATIVE_INFINITY);
  return { samples, first, last };
}

function groupBySeries(samples: readonly SeriesSample[]): Map<string, SeriesSample[]> {
  const groups = new Map<string, SeriesSample[]>();
  for (const sample of samples) {
    check(sample);
    const group = groups.get(sample.series);
    if (group === undefined) groups.set(sample.series, [sample]);
    else group.push(sample);
  }
  return groups;
}

function check({ series, time, state }: SeriesSample): void {
  if (
    series.length > 0 &&
    series.length <= 500 &&
    Number.isInteger(time) &&
    Math.abs(time) < farthestTime &&
    state.length <= longestText
  )
    return;
  throw new CadenceError(
    "STORE_VALUE_INVALID",
    `A sample of “${series.slice(0, 80)}” cannot be stored: time ${time}, ${state.length} characters.`,
    {
      remedy: `Times are whole milliseconds, texts at most ${longestText} characters.`,
    },
  );
}

function isSorted(list: readonly SeriesSample[]): boolean {
  for (let index = 1; index < list.length; index += 1) {
    if ((list[index] as SeriesSample).time < (list[index - 1] as SeriesSample).time) return false;
  }
  return true;
}

/** The block that a time falls into. */
function blockAt(blocks: readonly BlockSummary[], time: number): BlockSummary | undefined {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((blocks[middle] as BlockSummary).last < time) low = middle + 1;
    else high = middle;
  }
  const block = blocks[low];
  return block !== undefined && block.first <= time ? block : undefined;
}

/** Parts of at most `samplesPerBlock` samples; equal times stay together. */
function* split({ times, states }: SeriesSlice): Generator<SeriesSlice> {
  for (let begin = 0; begin < states.length;) {
    let end = Math.min(states.length, begin + samplesPerBlock);
    while (end < states.length && times[end] === times[end - 1]) end += 1;
    yield { times: times.slice(begin, end), states: states.slice(begin, end) };
    begin = end;
  }
}

function cut({ times, states }: SeriesSlice, from: number, to: number): SeriesSlice {
  const begin = lowerBound(times, from);
  const end = lowerBound(times, to);
  return begin === 0 && end === states.length
    ? { times, states }
    : { times: times.slice(begin, end), states: states.slice(begin, end) };
}
