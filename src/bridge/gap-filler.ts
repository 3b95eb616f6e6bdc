import { type Clock, delay } from "#core/clock.ts";
import { isCadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import type { EntityId } from "#model/entity.ts";
import type { Coverage } from "./coverage.ts";
import { readHistory } from "./history.ts";
import type { ArchivePort, SamplePort } from "./ports.ts";
import type { Session } from "./session.ts";

export interface GapFillerOptions {
  readonly session: Session;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly coverage: Coverage;
  readonly sink: SamplePort;
  readonly backfillDays: number;
  readonly archive?: ArchivePort;
  /** Why history cannot be read now; undefined when it can. */
  readonly onTrouble: (sentence: string | undefined) => void;
}

const day = 86_400_000;
/** Asked again before the beginning of a gap: clocks differ a little, and a sample is stored once however often it comes. */
const margin = 10_000;
/** The recorder writes what it has every few seconds: the end of a gap is asked for again when it has surely done so. */
const tails = [12_000, 40_000] as const;
const tailLength = 90_000;
const retryEvery = 15_000;

/**
 * Fills from the recorder's history what was not seen live: the time before an entity was followed, and every gap. A gap is
 * closed only when its end has been asked for again after the recorder had time to write it down.
 */
export class GapFiller {
  readonly #options: GapFillerOptions;
  #fresh: EntityId[] = [];
  readonly #followed = new Set<EntityId>();
  #wake = Promise.withResolvers<void>();
  /** Home Assistant's time, and of a clock that only grows. */
  #subscribed = { at: 0, monotonic: 0 };
  #refusedFrom: number | undefined;
  /** Since when entities that were added may have been there unseen. */
  #unseenFrom = Number.POSITIVE_INFINITY;

  constructor(options: GapFillerOptions) {
    this.#options = options;
  }

  /** Entities that are followed live from now on, and may have been there since a time (ms since 1970) without being seen. */
  add(entityIds: readonly EntityId[], unseenFrom: number): void {
    this.#unseenFrom = Math.min(this.#unseenFrom, unseenFrom);
    this.#fresh.push(...entityIds);
    for (const entityId of entityIds) this.#followed.add(entityId);
    this.#subscribed = { at: this.#now(), monotonic: this.#options.clock.monotonic() };
    this.#wake.resolve();
  }

  /** Whatever was missed is not newer than the newest state that was told since, whatever this machine's clock says. */
  #now(): number {
    return this.#options.coverage.seenUntil ?? this.#options.clock.now();
  }

  /** Live samples from `from` on were refused. */
  refused(from: number): void {
    this.#refusedFrom = Math.min(from, this.#refusedFrom ?? from);
    this.#wake.resolve();
  }

  /** Works until the session ends. */
  async run(): Promise<void> {
    const { session, coverage } = this.#options;
    while (!session.ended.aborted) {
      if (coverage.openGap !== undefined || this.#fresh.length > 0) await this.#fill();
      await this.#wake.promise;
      this.#wake = Promise.withResolvers<void>();
    }
  }

  /** What was to be filled is so still when it fails. */
  async #fill(): Promise<void> {
    const [fresh, refusedFrom, unseenFrom] = [this.#fresh, this.#refusedFrom, this.#unseenFrom];
    this.#fresh = [];
    this.#refusedFrom = undefined;
    this.#unseenFrom = Number.POSITIVE_INFINITY;
    try {
      await this.#fillFrom(fresh, refusedFrom, unseenFrom);
    } catch (error) {
      this.#fresh.unshift(...fresh);
      if (refusedFrom !== undefined) this.#refusedFrom = Math.min(refusedFrom, this.#refusedFrom ?? refusedFrom);
      this.#unseenFrom = Math.min(unseenFrom, this.#unseenFrom);
      throw error;
    }
    if (this.#fresh.length > 0 || this.#refusedFrom !== undefined) await this.#fill();
  }

  async #fillFrom(fresh: readonly EntityId[], refusedFrom: number | undefined, unseenFrom: number): Promise<void> {
    const { clock, coverage, logger, session } = this.#options;
    const unknown = fresh.filter((entityId) => !coverage.backfilled.has(entityId));
    const known = [...this.#followed].filter((entityId) => coverage.backfilled.has(entityId));
    const to = this.#now();
    const gapFrom = Math.min(coverage.openGap?.from ?? to, refusedFrom ?? to);
    if (unknown.length > 0) {
      const from = to - this.#options.backfillDays * day;
      logger.info("Reading what the recorder has", { entities: unknown.length, days: this.#options.backfillDays });
      const archivedUntil = await this.#readArchive(unknown, from);
      // What is not in the file yet, or never will be because the recorder has moved elsewhere.
      await this.#readUntilDone(unknown, Math.max(from, archivedUntil - margin), to + 1_000);
    }
    await this.#readUntilDone(known, gapFrom - margin, to + 1_000);
    const all = [...known, ...unknown];
    for (const wait of tails) {
      const { at, monotonic } = this.#subscribed;
      await delay(clock, Math.max(0, monotonic + wait - clock.monotonic()), session.ended);
      await this.#readUntilDone(all, Math.min(unseenFrom, Math.max(gapFrom - margin, at - tailLength)), at + 1_000);
    }
    for (const entityId of unknown) coverage.backfilled.add(entityId);
    const more = this.#fresh.length > 0 || this.#refusedFrom !== undefined;
    const closedGap = more ? undefined : coverage.close(to);
    await this.#options.sink.deliver({
      origin: "history",
      samples: [],
      ...(unknown.length === 0 ? {} : { backfilled: unknown }),
      ...(closedGap === undefined ? {} : { closedGap }),
      ...(coverage.coveredUntil === undefined ? {} : { coveredUntil: coverage.coveredUntil }),
    });
  }

  /** Up to which time everything was delivered, ms since 1970; minus infinity when nothing was, or not all of it. */
  async #readArchive(entityIds: readonly EntityId[], from: number): Promise<number> {
    const { archive, logger, session, sink } = this.#options;
    let newest = Number.NEGATIVE_INFINITY;
    if (archive === undefined) return newest;
    try {
      for await (const samples of archive.read(entityIds, from)) {
        session.ended.throwIfAborted();
        await sink.deliver({ origin: "history", samples });
        for (const { time } of samples) newest = Math.max(newest, time);
      }
      return newest;
    } catch (error) {
      session.ended.throwIfAborted();
      // A home whose recorder is on a server has no file.
      if (!isCadenceError(error, "SOURCE_NOT_FOUND"))
        logger.warn("The recorder's file cannot be read; Home Assistant is asked instead", { error });
      return Number.NEGATIVE_INFINITY;
    }
  }

  /** A history that cannot be read now (the recorder starts, the data base is busy) is asked again; meanwhile the gap stays open. */
  async #readUntilDone(entityIds: readonly EntityId[], from: number, to: number): Promise<void> {
    const { clock, logger, session } = this.#options;
    let begin = from;
    while (entityIds.length > 0) {
      try {
        for await (const samples of readHistory(session, { entityIds, from: begin, to })) {
          await this.#options.sink.deliver({ origin: "history", samples });
        }
        this.#options.onTrouble(undefined);
        return;
      } catch (error) {
        if (!isCadenceError(error, "HASS_COMMAND_FAILED", "HASS_COMMAND_TIMEOUT")) throw error;
        logger.warn("History cannot be read now; it is tried again", { error });
        this.#options.onTrouble(`History cannot be read now, and is asked for again. ${error.sentence}`);
        await delay(clock, retryEvery, session.ended);
        begin = from;
      }
    }
  }
}
