// Over 400 lines: appending, checkpoints, joining and reading share the heads, the block lists and the log; blocks, heads, log entries, the
// sorting of what comes in, and the cache stand in files of their own.
import { Breath } from "#core/breathe.ts";
import { CadenceError, isCorruption } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import { Mutex } from "#core/mutex.ts";
import { Batch } from "../batch.ts";
import type { CacheCounters } from "../cache.ts";
import { ByteReader } from "../codec/byte-reader.ts";
import { KeySpace, keyOf, keyText, prefixRange, readOrderedU64, textKey } from "../keys.ts";
import { nameKey, parseNameKey } from "./name-key.ts";
import { describeKey } from "../describe-key.ts";
import type { Entry, Store } from "../store.ts";
import { BlockShelf } from "./block-shelf.ts";
import { type BlockSummary, expiredKey, parseBlockKey } from "./block-summary.ts";
import { runsToJoin } from "./dense-blocks.ts";
import { decodeLogEntry1 } from "./format-1.ts";
import { type GroupedSamples, joinGroups } from "./grouped-samples.ts";
import type { Head } from "./head.ts";
import { grouped, type Intake, IntakeColumns, type IntakeGroup, type SeriesSample } from "./intake.ts";
import { decodeLogEntry, encodeLogEntry } from "./log-entry.ts";
import { LogExtent, logKey } from "./log-extent.ts";
import { summarize, type Summary, type SummaryRange } from "./roll-up-reader.ts";
import { cutSlice, lowerBound, mergeSlices, type SeriesSlice } from "./series-slice.ts";
import { type SeriesInfo, SeriesState } from "./series-state.ts";
import { StateList } from "./states.ts";

export interface AppendResult {
  /** Samples that were new. */
  readonly stored: number;
  /** Samples that were there already. */
  readonly duplicates: number;
}

export interface DensifyOptions {
  /** Only blocks that end before this time. @default all */
  readonly before?: number;
  /** Called with the number of samples that were joined so far. */
  readonly onProgress?: (samples: number) => void;
}

/** Of a fresh block: a day of a lively entity, so that reading one reads little else. */
const samplesPerBlock = 4_096;
/** Blocks that are done grow to this: larger ones hardly become smaller, and cost more to read a day of. */
const denseBlock = 8_192;
const densifiedAtOnce = 65_536;
/** A last block smaller than this is read and joined with what comes, so that rare series do not collect tiny blocks. */
const smallBlock = 2_048;
/** Whoever appends faster than blocks are made waits when the log holds so many times as much. */
const mostBehind = 2;
/** Stretches that one call summarizes at the most. */
const mostSummaries = 100_000;
/** Blocks that one step of retention removes. */
const expiredAtOnce = 256;

/**
 * Samples of many series. New ones go to the log and to heads in memory; a checkpoint freezes the heads, turns them into blocks while appends go on, and
 * puts those in place of the log in one atomic step. Appending what is there stores nothing: see docs/format/series.md for the rule of identity.
 */
export class SeriesStore {
  readonly #store: Store;
  readonly #logger: Logger;
  readonly #byName = new Map<string, SeriesState>();
  readonly #byId = new Map<number, SeriesState>();
  /** Guards the log and the intake columns; appends come one after the other. */
  readonly #changing = new Mutex();
  /** One checkpoint, joining or removal at a time; taken before `#changing`, never inside it. */
  readonly #maintaining = new Mutex();
  readonly #intake = new IntakeColumns();
  readonly #shelf: BlockShelf;
  #log = new LogExtent();
  /** A checkpoint, or a joining of the log's entries, beside appends. */
  #tidying: Promise<void> | undefined;
  #closing = false;
  #nextLog = 1;
  #nextSeries = 1;

  private constructor(store: Store, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
    this.#shelf = new BlockShelf(store, logger);
  }

  /** Reads names, block keys and the log; no block. */
  static async open(store: Store, logger: Logger): Promise<SeriesStore> {
    const series = new SeriesStore(store, logger);
    await series.#load();
    return series;
  }

  async #load(): Promise<void> {
    for await (const { key, value } of this.#readable(KeySpace.seriesName1))
      this.#enter(new SeriesState(new ByteReader(value).varint(), keyText(key.subarray(1))));
    for await (const key of this.#store.keys(prefixRange(keyOf(KeySpace.seriesName)))) {
      const { name, id } = parseNameKey(key);
      this.#enter(new SeriesState(id, name));
    }
    for (const [id, list] of await this.#loadSummaries(KeySpace.block))
      this.#byId.get(id)?.replaceBlocks(new Set(), list);
    for (const [id, list] of await this.#loadSummaries(KeySpace.expired)) {
      const state = this.#byId.get(id);
      if (state !== undefined) state.expired = list;
    }
    for (const space of [KeySpace.log1, KeySpace.log]) {
      for await (const { key, value } of this.#readable(space)) {
        const entry = space === KeySpace.log ? decodeLogEntry(value) : decodeLogEntry1(value);
        const place = { number: readOrderedU64(key, 1), isOld: space === KeySpace.log1 };
        this.#log.add(place, entry.times.length, value.length);
        this.#enterHeads(entry);
      }
    }
  }

  /** What is damaged is left out, and said by name when the store is verified: it must not keep the rest from being read. */
  async *#readable(space: number): AsyncGenerator<Entry> {
    for await (const key of this.#store.keys(prefixRange(keyOf(space)))) {
      // A number that was given once is not given again, whether it can be read or not.
      if (space !== KeySpace.seriesName1) this.#nextLog = Math.max(this.#nextLog, readOrderedU64(key, 1) + 1);
      try {
        const value = await this.#store.get(key);
        if (value !== undefined) yield { key, value };
      } catch (error) {
        if (!isCorruption(error)) throw error;
        this.#logger.error("Damaged and left out: " + describeKey(key, (id) => this.nameOf(id)), { error });
      }
    }
  }

  async #loadSummaries(space: number): Promise<Map<number, BlockSummary[]>> {
    const found = new Map<number, BlockSummary[]>();
    for await (const key of this.#store.keys(prefixRange(keyOf(space)))) {
      const summary = parseBlockKey(key);
      this.#shelf.know(summary);
      // Also of a series whose name cannot be read: its blocks must not become those of another.
      this.#nextSeries = Math.max(this.#nextSeries, summary.seriesId + 1);
      const list = found.get(summary.seriesId);
      if (list === undefined) found.set(summary.seriesId, [summary]);
      else list.push(summary);
    }
    return found;
  }

  #enter(state: SeriesState): void {
    this.#byName.set(state.name, state);
    this.#byId.set(state.id, state);
    this.#nextSeries = Math.max(this.#nextSeries, state.id + 1);
  }

  #enterHeads({ times, states, groups }: GroupedSamples): void {
    for (const { seriesId, begin, end } of groups) {
      const state = this.#byId.get(seriesId);
      if (state !== undefined) {
        state.head.add(times, states, begin, end);
        continue;
      }
      this.#logger.error("The log names a series that is not known; its samples are left out", {
        seriesId,
        samples: end - begin,
      });
    }
  }

  /**
   * Stores what is new of `samples`, and everything in `extra`, as one batch: all or nothing, and both survive the end of the
   * process when it resolves. Samples of one series and time are a sequence, in which a text that follows itself counts once; each text
   * is kept as often as it occurs in this call or is stored already, whichever is more. Throws STORE_VALUE_INVALID, and what the store throws.
   */
  async append(samples: readonly SeriesSample[], extra?: Batch): Promise<AppendResult> {
    if (this.#log.fill >= mostBehind) await this.#tidying;
    const stored = await this.#changing.run(() => this.#append(samples, extra));
    if (this.#log.fill >= 1) this.#tidying ??= this.#inBackground(() => this.#checkpoint());
    else if (this.#log.scattered.length > 0) this.#tidying ??= this.#inBackground(() => this.#joinLog());
    return { stored, duplicates: samples.length - stored };
  }

  async #append(samples: readonly SeriesSample[], extra?: Batch): Promise<number> {
    const batch = new Batch();
    const created: SeriesState[] = [];
    const intake = this.#intake.group(samples, (name) => {
      const known = this.#byName.get(name);
      if (known !== undefined) return known;
      const state = new SeriesState(this.#nextSeries + created.length, name);
      created.push(state);
      return state;
    });
    const news = intake.groups.every(({ fresh }) => fresh) ? grouped(intake) : await this.#newOf(intake);
    for (const { name, id } of created) batch.put(nameKey(name, id), new Uint8Array());
    const stored = news.times.length;
    const entry = encodeLogEntry(news);
    if (stored > 0) batch.put(logKey(this.#nextLog), entry);
    if (extra !== undefined) batch.append(extra);
    if (batch.size > 0) await this.#store.write(batch);
    for (const state of created) this.#enter(state);
    this.#enterHeads(news);
    if (stored > 0) {
      this.#log.add({ number: this.#nextLog, isOld: false }, stored, entry.length);
      this.#nextLog += 1;
    }
    return stored;
  }

  /** What of an intake is not stored yet, each series in time order. */
  async #newOf({ times, states, groups }: Intake): Promise<GroupedSamples> {
    const newTimes: number[] = [];
    const newStates = new StateList(times.length);
    const newGroups: { seriesId: number; begin: number; end: number }[] = [];
    for (const group of groups) {
      const begin = newTimes.length;
      const indexes = group.fresh ? range(group.begin, group.end) : await this.#newIn(group, { times, states });
      for (const index of indexes) {
        newTimes.push(times[index] as number);
        newStates.pushFrom(states, index);
      }
      if (newTimes.length > begin) newGroups.push({ seriesId: group.state.id, begin, end: newTimes.length });
    }
    return { times: Float64Array.from(newTimes), states: newStates.view(), groups: newGroups };
  }

  /** Places of the samples of a group that are not stored yet, in time order. */
  async #newIn({ state, begin, end }: IntakeGroup, { times, states }: SeriesSlice): Promise<number[]> {
    const timeAt = (index: number): number => times[index] as number;
    const sorted = range(begin, end).toSorted((a, b) => timeAt(a) - timeAt(b));
    const last = state.lastTime;
    const found: number[] = [];
    for (let first = 0; first < sorted.length;) {
      const time = timeAt(sorted[first] as number);
      let next = first + 1;
      while (next < sorted.length && timeAt(sorted[next] as number) === time) next += 1;
      if (time <= state.expiredUntil) {
        first = next;
        continue;
      }
      const stored = time > last ? undefined : await this.#storedAt(state, time);
      let before: string | undefined;
      for (const index of sorted.slice(first, next)) {
        const text = states.at(index);
        // The same text again is no change; A, B, A is two.
        if (text === before) continue;
        before = text;
        const left = stored?.get(text) ?? 0;
        if (left > 0) stored?.set(text, left - 1);
        else found.push(index);
      }
      first = next;
    }
    return found;
  }

  /** How often each text is stored at a time. */
  async #storedAt(state: SeriesState, time: number): Promise<Map<string, number>> {
    for (;;) {
      const { version } = state;
      const block = state.blockAt(time);
      const slice = block === undefined ? undefined : await this.#shelf.read(state, block);
      // What was read may be of a moment that is gone: then look again.
      if (state.version !== version || (block !== undefined && slice === undefined)) continue;
      const counts = new Map<string, number>();
      for (const { times, states } of [state.unblocked(time, time + 1), ...(slice === undefined ? [] : [slice])]) {
        for (let index = lowerBound(times, time); times[index] === time; index += 1)
          counts.set(states.at(index), (counts.get(states.at(index)) ?? 0) + 1);
      }
      return counts;
    }
  }

  /** Turns everything in the log into blocks. */
  async flush(): Promise<void> {
    await this.#maintaining.run(() => this.#checkpoint());
  }

  /** What was appended is safe in the log: what fails is tried again at a later append. */
  async #inBackground(work: () => Promise<void>): Promise<void> {
    try {
      await this.#maintaining.run(work);
    } catch (error) {
      this.#logger.warn("The log could not be tidied now; it is kept and tried again", { error });
    } finally {
      this.#tidying = undefined;
    }
  }

  /** Many small entries of the log become one, which stands in place of the newest. */
  async #joinLog(): Promise<void> {
    const log = this.#log;
    const read: { readonly number: number; readonly samples: GroupedSamples }[] = [];
    const breath = new Breath(1);
    for (const number of log.scattered) {
      await breath.take();
      if (this.#closing) return;
      const samples = await this.#logEntry(number);
      if (samples === undefined) log.setAside(number);
      else read.push({ number, samples });
    }
    const newest = read.at(-1)?.number;
    if (newest === undefined) return;
    const batch = new Batch();
    for (const { number } of read) if (number !== newest) batch.delete(logKey(number));
    batch.put(logKey(newest), encodeLogEntry(joinGroups(read.map(({ samples }) => samples))));
    await this.#store.bulk(batch);
    log.join(new Set(read.map(({ number }) => number)), newest);
  }

  /** Undefined when it is damaged: then it stays where it is, for verify to name it. */
  async #logEntry(number: number): Promise<GroupedSamples | undefined> {
    try {
      const value = await this.#store.get(logKey(number));
      return value === undefined ? undefined : decodeLogEntry(value);
    } catch (error) {
      if (!isCorruption(error)) throw error;
      return undefined;
    }
  }

  async #checkpoint(): Promise<void> {
    const log = await this.#changing.run(() => this.#freeze());
    if (log.samples === 0) return;
    try {
      const batch = new Batch();
      const replaced: Replacement[] = [];
      const breath = new Breath(1);
      for (const state of this.#byId.values()) {
        if (state.frozen === undefined) continue;
        if (this.#closing) return this.#log.putBack(log);
        replaced.push(await this.#blocksFrom(state, state.frozen, batch, breath));
      }
      for (const key of log.keys()) batch.delete(key);
      await this.#store.bulk(batch);
      for (const replacement of replaced) this.#replace(replacement, true);
    } catch (error) {
      this.#log.putBack(log);
      throw error;
    }
  }

  /** What is in the heads is frozen, with what an earlier attempt has left; returns the log that holds it. */
  async #freeze(): Promise<LogExtent> {
    for (const state of this.#byId.values()) {
      if (state.head.count > 0) state.freeze();
    }
    const log = this.#log;
    this.#log = new LogExtent();
    return log;
  }

  /** What is frozen, joined with the blocks it overlaps, and with a last block that is small, as new blocks. */
  async #blocksFrom(state: SeriesState, frozen: Head, batch: Batch, breath: Breath): Promise<Replacement> {
    const samples = frozen.slice();
    const first = samples.times[0] as number;
    const last = frozen.lastTime;
    const final = state.blocks.at(-1);
    const joined = state.blocks.filter(
      (block) =>
        (block.last >= first && block.first <= last) ||
        (block === final && block.count < smallBlock && block.last < first),
    );
    const slices: SeriesSlice[] = [];
    for (const block of joined) {
      const slice = await this.#shelf.read(state, block);
      if (slice === undefined) continue;
      slices.push(slice);
      this.#shelf.stageRemoval(block, batch);
    }
    const made: BlockSummary[] = [];
    for (const part of split([...slices, samples].reduce(mergeSlices)))
      made.push(await this.#shelf.stage(state, part, { effort: "quick", batch, breath }));
    return { state, gone: new Set(joined), made };
  }

  #replace({ state, gone, made }: Replacement, unfreeze: boolean): void {
    state.replaceBlocks(gone, made);
    if (unfreeze) state.thaw();
    this.#shelf.forget(gone);
  }

  /**
   * Joins neighbouring blocks into dense ones, a bounded number of samples at a time, beside appends. Resolves when there is nothing left that is
   * worth it; then with the number of blocks that were made.
   */
  async densify({ before = Number.POSITIVE_INFINITY, onProgress }: DensifyOptions = {}): Promise<number> {
    let [made, samples] = [0, 0];
    for (;;) {
      const joined = await this.#maintaining.run(() => this.#densifySome(before));
      if (joined.length === 0) return made;
      made += joined.length;
      samples += joined.reduce((sum, { count }) => sum + count, 0);
      onProgress?.(samples);
    }
  }

  async #densifySome(before: number): Promise<readonly BlockSummary[]> {
    const batch = new Batch();
    const joined: Replacement[] = [];
    const breath = new Breath(1);
    let samples = 0;
    for (const state of this.#byId.values()) {
      for (const run of runsToJoin(state.blocks, { largest: denseBlock, before })) {
        if (samples >= densifiedAtOnce || this.#closing) break;
        const slices: SeriesSlice[] = [];
        for (const block of run) {
          const slice = await this.#shelf.read(state, block);
          if (slice !== undefined) slices.push(slice);
        }
        // What cannot be read is left out of the next round, and its record is kept.
        if (slices.length < run.length) continue;
        for (const block of run) this.#shelf.stageRemoval(block, batch);
        const merged = slices.reduce(mergeSlices);
        const made = await this.#shelf.stage(state, merged, { effort: "dense", batch, breath });
        joined.push({ state, gone: new Set(run), made: [made] });
        samples += merged.times.length;
      }
    }
    if (joined.length === 0) return [];
    await this.#store.bulk(batch);
    for (const replacement of joined) this.#replace(replacement, false);
    return joined.flatMap(({ made }) => made);
  }

  /** Samples in time order, `from` inclusive, `to` exclusive, a block at a time. Samples that arrive meanwhile may be among them. */
  async *read(
    series: string,
    { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: { from?: number; to?: number } = {},
  ): AsyncGenerator<SeriesSlice> {
    const state = this.#byName.get(series);
    let position = from;
    while (state !== undefined && position < to) {
      const { version } = state;
      const found = state.blockFrom(position);
      const next = found !== undefined && found.first < to ? found : undefined;
      const slice = next === undefined ? undefined : await this.#shelf.read(state, next);
      // A checkpoint may have replaced the block while it was read: then look again.
      if (state.version !== version || (next !== undefined && slice === undefined)) continue;
      const end = next === undefined ? to : Math.min(to, next.last + 1);
      const unblocked = state.unblocked(position, end);
      const merged = slice === undefined ? unblocked : mergeSlices(cutSlice(slice, position, end), unblocked);
      if (merged.times.length > 0) yield merged;
      position = end;
    }
  }

  /** The newest sample before a time; undefined when there is none. */
  async lastBefore(
    series: string,
    time: number,
  ): Promise<{ readonly time: number; readonly state: string } | undefined> {
    const state = this.#byName.get(series);
    const at = state?.blockAt(time)?.first;
    const starts = [at === undefined || at >= time ? undefined : at, state?.blockBefore(time)?.first];
    for (const from of [...starts.filter((each) => each !== undefined), Number.NEGATIVE_INFINITY]) {
      let last: { readonly time: number; readonly state: string } | undefined;
      for await (const { times, states } of this.read(series, { from, to: time })) {
        last = { time: times.at(-1) as number, state: states.at(times.length - 1) };
      }
      if (last !== undefined) return last;
    }
    return undefined;
  }

  /**
   * Summaries of stretches of `step` ms between `from` and `to`, from roll-ups where there are some. Throws STORE_VALUE_INVALID when those would be more than
   * 100,000, or no time can be that.
   */
  async summarize(series: string, range: SummaryRange): Promise<readonly Summary[]> {
    const { from, to, step } = range;
    if (!(Number.isInteger(step) && step > 0 && (to - from) / step <= mostSummaries)) {
      throw new CadenceError("STORE_VALUE_INVALID", `There is no summary of ${series} in steps of ${step} ms.`, {
        remedy: `Choose longer steps or less time: at most ${mostSummaries.toLocaleString("en")} stretches, each of whole milliseconds.`,
      });
    }
    return summarize(this.#byName.get(series) ?? new SeriesState(0, series), this.#shelf, range);
  }

  /**
   * Removes the blocks that end before a time; what their hours were is kept. What is removed counts as stored: appending it again stores nothing.
   * Resolves with the number of samples that went.
   */
  async expire(before: number): Promise<number> {
    let samples = 0;
    for (;;) {
      const removed = await this.#maintaining.run(() => this.#expireSome(before));
      if (removed === 0) return samples;
      samples += removed;
    }
  }

  async #expireSome(before: number): Promise<number> {
    const batch = new Batch();
    const expired: { state: SeriesState; blocks: BlockSummary[] }[] = [];
    let left = expiredAtOnce;
    for (const state of this.#byId.values()) {
      const blocks: BlockSummary[] = [];
      for (const block of state.blocks) {
        if (block.last >= before || left === 0 || this.#closing) break;
        if (!(await this.#shelf.stageExpiry(state, block, batch))) break;
        blocks.push(block);
        left -= 1;
      }
      if (blocks.length > 0) expired.push({ state, blocks });
    }
    if (expired.length === 0) return 0;
    await this.#store.bulk(batch);
    for (const { state, blocks } of expired) {
      state.expired = [...state.expired, ...blocks];
      this.#replace({ state, gone: new Set(blocks), made: [] }, false);
    }
    return expired.reduce((sum, { blocks }) => sum + blocks.reduce((count, block) => count + block.count, 0), 0);
  }

  /** The time before which lie `samples` samples, in whole blocks; the newest blocks are never among them. */
  oldest(samples: number): number {
    const blocks = [...this.#byId.values()].flatMap((state) => state.blocks.slice(0, -1));
    let left = samples;
    let time = Number.NEGATIVE_INFINITY;
    for (const { last, count } of blocks.toSorted((a, b) => a.last - b.last)) {
      if (left <= 0) break;
      left -= count;
      time = last + 1;
    }
    return time;
  }

  /** A series goes, with everything that is stored of it, in one step with what `extra` holds. Resolves with the number of samples that went. */
  async remove(series: string, extra: Batch = new Batch()): Promise<number> {
    return this.#maintaining.run(async () => {
      for (;;) {
        await this.#checkpoint();
        const removed = await this.#changing.run(() => this.#removeBlocked(series, extra));
        if (removed !== undefined) return removed;
      }
    });
  }

  /**
   * A series goes on under another name; one that has that name already takes its samples in. Everything in `extra` is stored in the step in which the old name goes. Resolves
   * with true when there was something to rename, once it survives the end of the process; nothing is stored otherwise. Throws what the store throws; samples are then under one of the
   * names, or both.
   */
  async rename(from: string, to: string, extra: Batch = new Batch()): Promise<boolean> {
    const source = this.#byName.get(from);
    if (source === undefined || from === to) return false;
    if (this.#byName.has(to)) {
      await this.#copy(from, to);
      await this.remove(from, extra);
      return true;
    }
    return this.#changing.run(async () => {
      // Somebody was faster.
      if (this.#byName.has(to) || this.#byName.get(from) !== source) {
        throw new CadenceError("STORE_CONFLICT", `The series ${to} came to be while ${from} was given its name.`);
      }
      const batch = new Batch()
        .delete(nameKey(from, source.id))
        .delete(keyOf(KeySpace.seriesName1, textKey(from)))
        .put(nameKey(to, source.id), new Uint8Array())
        .append(extra);
      await this.#store.write(batch);
      this.#byName.delete(from);
      source.name = to;
      this.#byName.set(to, source);
      return true;
    });
  }

  async #copy(from: string, to: string): Promise<void> {
    for await (const { times, states } of this.read(from))
      await this.append(Array.from(times, (time, index) => ({ series: to, time, state: states.at(index) })));
  }

  /** Undefined when samples of the series came to the log meanwhile. */
  async #removeBlocked(series: string, extra: Batch): Promise<number | undefined> {
    const state = this.#byName.get(series);
    if (state === undefined) return 0;
    if (state.head.count > 0) return undefined;
    const batch = new Batch().delete(nameKey(series, state.id)).delete(keyOf(KeySpace.seriesName1, textKey(series)));
    for (const block of state.blocks) this.#shelf.stageRemoval(block, batch);
    for (const block of state.expired) batch.delete(expiredKey(block));
    batch.append(extra);
    const samples = state.info?.samples ?? 0;
    await this.#store.bulk(batch);
    this.#byName.delete(series);
    this.#byId.delete(state.id);
    return samples;
  }

  /** Blocks came back, or are gone for good, by a repair of the store. */
  refresh({ filled, lost }: { readonly filled: readonly Uint8Array[]; readonly lost: readonly Uint8Array[] }): void {
    for (const { keys, back } of [
      { keys: filled, back: true },
      { keys: lost, back: false },
    ]) {
      for (const key of keys.filter(([space]) => space === KeySpace.block)) {
        const summary = parseBlockKey(key);
        const state = this.#byId.get(summary.seriesId);
        const known = state?.blocks.filter(({ blockId }) => blockId === summary.blockId) ?? [];
        state?.replaceBlocks(new Set(known), back ? [summary] : []);
        this.#shelf.forget(known);
      }
    }
  }

  /** The newest sample, from memory. */
  last(series: string): { readonly time: number; readonly state: string } | undefined {
    return this.#byName.get(series)?.last;
  }

  /** All series, in order of their names. */
  names(): readonly string[] {
    return [...this.#byName.keys()].toSorted();
  }

  /** Undefined when nothing is stored. */
  info(series: string): SeriesInfo | undefined {
    return this.#byName.get(series)?.info;
  }

  totals(): { readonly series: number; readonly samples: number; readonly oldest?: number; readonly newest?: number } {
    const infos = [...this.#byId.values()].map(({ info }) => info).filter((info) => info !== undefined);
    const samples = infos.reduce((sum, info) => sum + info.samples, 0);
    if (samples === 0) return { series: this.#byId.size, samples };
    const oldest = infos.reduce((least, { first }) => Math.min(least, first), Number.POSITIVE_INFINITY);
    const newest = infos.reduce((most, { last }) => Math.max(most, last), Number.NEGATIVE_INFINITY);
    return { series: this.#byId.size, samples, oldest, newest };
  }

  /** How the cache of decoded blocks does. */
  get cache(): CacheCounters {
    return this.#shelf.cache;
  }

  /** The name of a series by the id in its keys. */
  nameOf(seriesId: number): string | undefined {
    return this.#byId.get(seriesId)?.name;
  }

  /** Ends what runs in the background; what is in the log stays there, and the next opening reads it. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#tidying;
    await this.#maintaining.run(async () => {});
  }
}

/** Blocks of a series that go, and those that stand in their place. */
interface Replacement {
  readonly state: SeriesState;
  readonly gone: ReadonlySet<BlockSummary>;
  readonly made: readonly BlockSummary[];
}

function range(begin: number, end: number): number[] {
  return Array.from({ length: end - begin }, (_, index) => begin + index);
}

/** Parts of at most `samplesPerBlock` samples; equal times stay together. */
function* split({ times, states }: SeriesSlice): Generator<SeriesSlice> {
  for (let begin = 0; begin < times.length;) {
    let end = Math.min(times.length, begin + samplesPerBlock);
    while (end < times.length && times[end] === times[end - 1]) end += 1;
    yield { times: times.subarray(begin, end), states: states.slice(begin, end) };
    begin = end;
  }
}
