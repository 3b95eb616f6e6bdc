import { type Clock, delay, type Timer } from "#core/clock.ts";
import { CadenceError, isTransient, toCadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import type { Service } from "#core/service.ts";
import type { Delivery } from "#model/delivery.ts";
import type { Gap } from "#model/gap.ts";
import type { EntityId } from "#model/entity.ts";
import type { Reading } from "#model/reading.ts";
import type { Rename } from "#model/rename.ts";
import type { Sample } from "#model/sample.ts";
import { ClockWatch } from "./clock-watch.ts";
import type { IntakeBatch } from "./intake-batch.ts";
import { Lags } from "./lags.ts";
import { normalize } from "./normalize.ts";
import { Rate } from "./rate.ts";
import { Recent } from "./recent.ts";

export interface IntakeOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Stores and learns from a batch. One at a time, in order; one that fails for a passing reason is tried again. */
  readonly sink: (batch: IntakeBatch) => Promise<void>;
  /** Samples that may wait. @default 100000 */
  readonly capacity?: number;
  /** Milliseconds for which samples are gathered. @default 1000 */
  readonly flushAfter?: number;
  /** So many samples are not gathered any longer. @default 5000 */
  readonly batchSize?: number;
}

export interface IntakeCounters {
  readonly accepted: number;
  readonly duplicates: number;
  /** Samples that were not as samples have to be, and samples for which there was no room. */
  readonly refused: number;
  readonly waiting: number;
  /** Live samples older than one of their entity that had come before. */
  readonly outOfOrder: number;
  /** Times a clock was seen to jump, this machine's or Home Assistant's. */
  readonly clockJumps: number;
  /** Of live samples. */
  readonly ratePerSecond: number;
  /** Of the newest. */
  readonly lagMilliseconds?: number;
  /** 99 of 100 live samples of the last hour came sooner. */
  readonly lagP99Milliseconds?: number;
  /** Of the latest live sample in this minute and the last. */
  readonly lagMostMilliseconds?: number;
}

const retry = { first: 1_000, slowest: 30_000 } as const;

/**
 * The bounded way in. Deliveries wait here in order; what does not fit is refused and counted, and whoever offered it asks
 * again later. Nothing waits unseen, nothing overtakes.
 */
export class Intake implements Service {
  readonly name = "intake";
  readonly #options: Required<IntakeOptions>;
  readonly #recent = new Recent();
  readonly #rate = new Rate();
  readonly #stop = new AbortController();
  /** Those in front of `#next` are handed on already. */
  #deliveries: Delivery[] = [];
  #next = 0;
  #waiting = 0;
  #room = Promise.withResolvers<void>();
  #timer: Timer | undefined;
  #draining: Promise<void> | undefined;
  #accepted = 0;
  #duplicates = 0;
  #refused = 0;
  #outOfOrder = 0;
  #clockJumps = 0;
  readonly #clockWatch = new ClockWatch();
  #lag: number | undefined;
  readonly #lags = new Lags();
  /** A batch was given up: from then on no coverage is stated, so that the next start asks history for it. */
  #lost = false;

  constructor(options: IntakeOptions) {
    this.#options = { capacity: 100_000, flushAfter: 1_000, batchSize: 5_000, ...options };
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  /** Takes no more, and hands on what waits; a sink that fails now is not tried again, as history has it all. */
  async stop(): Promise<void> {
    this.#stop.abort(new CadenceError("ABORTED", "The intake was stopped."));
    this.#room.resolve();
    await this.#drain();
  }

  inspect(): Readonly<Record<string, unknown>> {
    return { ...this.counters() };
  }

  counters(): IntakeCounters {
    const monotonic = this.#options.clock.monotonic();
    const lagP99Milliseconds = this.#lags.quantile(monotonic, 0.99);
    const lagMostMilliseconds = this.#lags.quantile(monotonic, 1, 2);
    return {
      accepted: this.#accepted,
      duplicates: this.#duplicates,
      refused: this.#refused,
      waiting: this.#waiting,
      outOfOrder: this.#outOfOrder,
      clockJumps: this.#clockJumps,
      ratePerSecond: this.#rate.perSecond(monotonic),
      ...(this.#lag === undefined ? {} : { lagMilliseconds: this.#lag }),
      ...(lagP99Milliseconds === undefined ? {} : { lagP99Milliseconds }),
      ...(lagMostMilliseconds === undefined ? {} : { lagMostMilliseconds }),
    };
  }

  offer(delivery: Delivery): boolean {
    if (this.#stop.signal.aborted || this.#waiting + delivery.samples.length > this.#options.capacity) {
      this.#refused += delivery.samples.length;
      return false;
    }
    const newest = delivery.samples.at(-1);
    if (delivery.origin === "live" && newest !== undefined) {
      const [now, monotonic] = [this.#options.clock.now(), this.#options.clock.monotonic()];
      this.#lag = Math.max(0, now - newest.time);
      // Each by itself: what was held up arrives together with what was not.
      for (const { time } of delivery.samples) this.#lags.add(monotonic, Math.max(0, now - time), 1);
      this.#rate.add(monotonic, delivery.samples.length);
      this.#watchClocks({ now, monotonic, stamp: newest.time });
    }
    this.#take(delivery);
    return true;
  }

  /** A jump is marked as a gap, so that nobody takes the time across it for a time that has passed. */
  #watchClocks(seen: Parameters<ClockWatch["see"]>[0]): void {
    const jump = this.#clockWatch.see(seen);
    if (jump === undefined) return;
    const { logger } = this.#options;
    this.#clockJumps += 1;
    const [whose, now] = jump.clock === "host" ? ["This machine's", seen.now] : ["Home Assistant's", seen.stamp];
    logger.warn(`${whose} clock jumped; values keep the times Home Assistant gave them`, {
      seconds: Math.round(jump.by / 1_000),
    });
    const [from, to] = [Math.min(now, now - jump.by), Math.max(now, now - jump.by)];
    this.#take({ origin: "live", samples: [], closedGap: { from, to, cause: `${jump.clock}-clock` } });
  }

  async deliver(delivery: Delivery): Promise<void> {
    // History leaves half of the room to what is live.
    while (
      !this.#stop.signal.aborted &&
      this.#waiting > 0 &&
      this.#waiting + delivery.samples.length > this.#options.capacity / 2
    ) {
      await this.#room.promise;
    }
    this.#stop.signal.throwIfAborted();
    this.#take(delivery);
  }

  #take(delivery: Delivery): void {
    this.#deliveries.push(delivery);
    this.#waiting += delivery.samples.length;
    if (this.#waiting >= this.#options.batchSize) void this.#drain();
    else this.#timer ??= this.#options.clock.after(this.#options.flushAfter, () => void this.#drain());
  }

  /** Hands on everything that waits. Never rejects. */
  #drain(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#next === this.#deliveries.length) return this.#draining ?? Promise.resolve();
    this.#draining ??= this.#work();
    return this.#draining;
  }

  async #work(): Promise<void> {
    while (this.#next < this.#deliveries.length) {
      const { batch, samples, settled } = this.#nextBatch();
      const stored = await this.#handOn(batch);
      for (const settle of settled) settle(stored);
      this.#waiting -= samples;
      this.#room.resolve();
      this.#room = Promise.withResolvers<void>();
    }
    // In the same turn as the look at what waits: whoever comes a moment later begins anew.
    this.#draining = undefined;
  }

  /**
   * Whole deliveries, so that what each proves is stored with its samples. Two that tell of the same moment of an entity never share a
   * batch: within one, several texts of a moment are a sequence.
   */
  #nextBatch(): {
    readonly batch: IntakeBatch;
    readonly samples: number;
    readonly settled: readonly ((stored: boolean) => void)[];
  } {
    const settled: ((stored: boolean) => void)[] = [];
    const readings: Reading[] = [];
    const renamed: Rename[] = [];
    const backfilled: EntityId[] = [];
    const closedGaps: Gap[] = [];
    let coveredUntil: number | undefined;
    this.#recent.beginBatch();
    let samples = 0;
    let taken = 0;
    for (; this.#next + taken < this.#deliveries.length;) {
      const delivery = this.#deliveries[this.#next + taken] as Delivery;
      if (taken > 0 && samples + delivery.samples.length > this.#options.batchSize) break;
      // What was delivered before belongs to the old id.
      if (taken > 0 && delivery.renamed !== undefined) break;
      const tracks = this.#recent.join(delivery.samples);
      if (tracks === undefined) break;
      taken += 1;
      samples += delivery.samples.length;
      for (const [index, track] of tracks.entries()) {
        const sample = delivery.samples[index] as Sample;
        const reading = normalize(sample);
        if (reading === undefined) {
          this.#refused += 1;
          continue;
        }
        const kind = this.#recent.take(track, sample);
        if (kind === "repeated") this.#duplicates += 1;
        else readings.push(reading);
        if (kind === "late" && delivery.origin === "live") this.#outOfOrder += 1;
      }
      coveredUntil = delivery.coveredUntil ?? coveredUntil;
      renamed.push(...(delivery.renamed ?? []));
      backfilled.push(...(delivery.backfilled ?? []));
      if (delivery.onSettled !== undefined) settled.push(delivery.onSettled);
      if (delivery.closedGap !== undefined) closedGaps.push(delivery.closedGap);
    }
    this.#next += taken;
    if (this.#next * 2 > this.#deliveries.length) {
      this.#deliveries = this.#deliveries.slice(this.#next);
      this.#next = 0;
    }
    return {
      batch: {
        readings,
        renamed,
        backfilled,
        closedGaps,
        ...(coveredUntil === undefined || this.#lost ? {} : { coveredUntil }),
      },
      samples,
      settled,
    };
  }

  /** False when the batch was given up. */
  async #handOn(batch: IntakeBatch): Promise<boolean> {
    const { clock, logger, sink } = this.#options;
    let told: string | undefined;
    for (let wait: number = retry.first; ; wait = Math.min(retry.slowest, wait * 2)) {
      try {
        await sink(batch);
        this.#accepted += batch.readings.length;
        if (told !== undefined) logger.info("Values are stored again; none of those that waited was lost");
        return true;
      } catch (error) {
        const failure = toCadenceError(error);
        const again = worthAgain(failure) && !this.#stop.signal.aborted;
        // The same reason again and again is no news.
        logger[again && failure.sentence === told ? "debug" : "error"](failure.sentence, {
          samples: batch.readings.length,
          again,
          ...(failure.code === "INTERNAL" ? { error: failure } : {}),
        });
        told = failure.sentence;
        if (!again) {
          this.#refused += batch.readings.length;
          this.#lost = true;
          return false;
        }
        await delay(clock, wait, this.#stop.signal).catch(() => undefined);
      }
    }
  }
}

/** Failures of the disk may pass; a batch that the program itself cannot take would fail for ever. */
function worthAgain(failure: CadenceError): boolean {
  return isTransient(failure) || failure.code === "STORE_IO" || failure.code === "STORE_NOT_WRITABLE";
}
