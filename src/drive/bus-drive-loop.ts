import { type Clock, delay } from "#core/clock.ts";
import { toCadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import type { BusDrive, DriveState, DriveTarget } from "#model/drive.ts";
import { usefulShare } from "./pace.ts";
import type { ReadPort, Turns } from "./ports.ts";
import { Pressure } from "./pressure.ts";
import { ReadBudget } from "./read-budget.ts";
import { RoundTrips } from "./round-trips.ts";
import { Silence } from "./silence.ts";

export interface BusDriveLoopOptions {
  /** The network's time. */
  readonly clock: Clock;
  readonly logger: Logger;
  readonly port: ReadPort;
  readonly target: DriveTarget;
  readonly turns: Turns;
  /** ms of one tick of the turns. */
  readonly tick: number;
}

/** A bus is not asked for more than one read in this time, however fast it is; ms. */
const leastCost = 5;
/** While nothing moves, this share of the budget is left. */
const leastOfQuiet = 0.25;
const afterWrite = 2_000;
/** ms; what stopped it may be over then. */
const lookAgain = 1_000;
/** What is expected of hundreds of entities is not computed for each look at the panel; ms. */
const expectEvery = 5_000;
/** Home Assistant did not do what it was asked to. */
const afterRefusal = 5_000;
/** It may still be at it: a second request would be one too many. */
const afterTimeOut = 60_000;

/** Reads one bus, one request at a time, until it is aborted. */
export class BusDriveLoop {
  readonly #options: BusDriveLoopOptions;
  readonly #budget = new ReadBudget();
  readonly #pressure = new Pressure();
  readonly #silence = new Silence();
  readonly #roundTrips = new RoundTrips();
  readonly #lastRead: number[];
  readonly #abort = new AbortController();
  readonly #begun: number;
  #target: DriveTarget;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #refusedUntil = Number.NEGATIVE_INFINITY;
  #refusal: string | undefined;
  #expected: { readonly at: number; readonly seconds: readonly number[] } = {
    at: Number.NEGATIVE_INFINITY,
    seconds: [],
  };
  #reads = 0;
  #failures = 0;

  constructor(options: BusDriveLoopOptions) {
    this.#options = options;
    this.#target = options.target;
    this.#begun = options.clock.monotonic();
    this.#lastRead = options.target.entities.map(() => Number.NEGATIVE_INFINITY);
  }

  /** Never rejects. */
  async run(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#abort;
    const rest = (milliseconds: number): Promise<void> =>
      delay(clock, milliseconds, signal).catch(() => {
        /* aborted: the loop ends */
      });
    while (!signal.aborted) {
      try {
        const wait = this.#untilNext(clock.monotonic());
        if (wait > 0) await rest(Math.min(Math.ceil(wait), lookAgain));
        else if (!(await this.#readNext())) await rest(this.#options.tick);
      } catch (error) {
        this.#options.logger.error("The drive stumbled, and goes on in a while", { error });
        await rest(afterTimeOut);
      }
    }
  }

  /** No further read is begun. */
  stop(): void {
    this.#abort.abort();
  }

  /** The same entities with another allowance. */
  setTarget(target: DriveTarget): void {
    this.#target = target;
  }

  /** Somebody writes to a device of this bus: it goes first. */
  giveWay(): void {
    this.#pausedUntil = this.#options.clock.monotonic() + afterWrite;
  }

  /** Seconds between the reads of each entity, if all goes on as it was; in the target's order. */
  expectedIntervals(): readonly number[] {
    const now = this.#options.clock.monotonic();
    if (now - this.#expected.at >= expectEvery) {
      const { turns, tick } = this.#options;
      this.#expected = { at: now, seconds: turns.expectedIntervals().map((ticks) => (ticks * tick) / 1_000) };
    }
    return this.#expected.seconds;
  }

  describe(): BusDrive {
    const now = this.#options.clock.monotonic();
    const { busId, entities } = this.#target;
    const state = this.#state(now);
    const [roundTrip, service] = [this.#roundTrips.last, this.#roundTrips.meanService()];
    return {
      busId,
      state,
      entities: entities.length,
      allowance: this.#share(),
      load: this.#budget.load(now),
      readsPerSecond: this.#budget.rate(now),
      ...(roundTrip === undefined ? {} : { roundTripSeconds: roundTrip / 1_000 }),
      ...(service === undefined ? {} : { serviceSeconds: service / 1_000 }),
      reads: this.#reads,
      failures: this.#failures,
      sentence: this.#sentence(state, now),
    };
  }

  /** Share of the bus that reads may take now. */
  #share(): number {
    const quiet = Math.max(leastOfQuiet, Math.min(1, this.#options.turns.restlessness()));
    return usefulShare(this.#target, this.#meanCost()) * this.#pressure.level * quiet;
  }

  #meanCost(): number {
    return Math.max(leastCost, this.#roundTrips.meanService() ?? this.#target.serviceSeconds * 1_000);
  }

  #untilNext(now: number): number {
    const stopped = Math.max(this.#pausedUntil, this.#refusedUntil) - now;
    return stopped > 0 ? stopped : this.#untilPaid(now);
  }

  #untilPaid(now: number): number {
    return this.#budget.wait(now, this.#meanCost(), { share: this.#share(), most: this.#target.allowance });
  }

  /** False when nothing is worth a read. */
  async #readNext(): Promise<boolean> {
    const { clock, port, turns } = this.#options;
    const begun = clock.monotonic();
    turns.setReadsPerTick((this.#share() / this.#meanCost()) * this.#options.tick);
    const tick = this.#tickAt(begun);
    const index =
      turns.next(tick, (each) => this.#mayRead(each, begun) && this.#isLate(each, begun)) ??
      turns.next(tick, (each) => this.#mayRead(each, begun));
    const entity = index === undefined ? undefined : this.#target.entities[index];
    if (index === undefined || entity === undefined) return false;
    const { entityId, unit } = entity;
    let value: number;
    try {
      value = await port.read(entityId);
    } catch (error) {
      this.#refused(error, clock.monotonic() - begun);
      return true;
    }
    const end = clock.monotonic();
    this.#refusal = undefined;
    this.#reads += 1;
    this.#lastRead[index] = end;
    turns.observe(index, this.#tickAt(end), value);
    if (Number.isNaN(value)) {
      this.#failures += 1;
      this.#budget.spend(end, end - begun);
      this.#pressure.failed(end);
      this.#silence.failed(end, entityId, unit);
      return true;
    }
    this.#silence.answered(entityId, unit);
    this.#roundTrips.add(entityId, end - begun);
    const cost = Math.max(leastCost, this.#roundTrips.service(entityId) ?? leastCost);
    this.#budget.spend(end, cost);
    this.#pressure.answered(end, end - begun, cost);
    return true;
  }

  #mayRead(index: number, now: number): boolean {
    const entity = this.#target.entities[index];
    if (entity === undefined || now - (this.#lastRead[index] ?? now) < entity.least * 1_000) return false;
    return this.#silence.mayRead(now, entity.entityId, entity.unit);
  }

  #isLate(index: number, now: number): boolean {
    const { most = Number.POSITIVE_INFINITY } = this.#target.entities[index] ?? {};
    return now - (this.#lastRead[index] ?? now) >= most * 1_000;
  }

  /** Home Assistant is away, or overloaded, or does not know the entity any more. */
  #refused(error: unknown, took: number): void {
    const now = this.#options.clock.monotonic();
    if (this.#abort.signal.aborted) return;
    const { sentence, code } = toCadenceError(error);
    if (this.#refusal !== sentence) this.#options.logger.info(`The drive waits. ${sentence}`);
    this.#refusal = sentence;
    this.#refusedUntil = now + (code === "HASS_COMMAND_TIMEOUT" ? afterTimeOut : afterRefusal);
    this.#budget.spend(now, took);
    this.#pressure.failed(now);
  }

  #tickAt(now: number): number {
    return Math.floor((now - this.#begun) / this.#options.tick);
  }

  #state(now: number): DriveState {
    if (now < this.#pausedUntil) return "paused";
    if (now < this.#refusedUntil || !Number.isFinite(this.#untilPaid(now))) return "waiting";
    if (this.#pressure.level < 1) return "yielding";
    return this.#options.turns.learned() < 1 ? "learning" : "driving";
  }

  #sentence(state: DriveState, now: number): string {
    const { entities, allowance } = this.#target;
    const count = `${entities.length} ${entities.length === 1 ? "entity" : "entities"}`;
    const rate = `${this.#budget.rate(now).toFixed(1)} reads a second`;
    const silent = this.#silence.units(now);
    const silence = silent.length === 0 ? "" : ` Unit ${silent.join(", ")} does not answer, and is asked rarely.`;
    switch (state) {
      case "off":
        return "Off.";
      case "waiting":
        return `Waits: ${this.#refusal ?? (allowance > 0 ? "reads take too long for its share of the bus." : "the others take all of the bus's budget.")}`;
      case "learning":
        return `Learns ${count}: all are read alike at first, ${rate}.${silence}`;
      case "driving":
        return `Reads ${count} when each is worth it, ${rate}.${silence}`;
      case "yielding":
        return `Reads ${count} more slowly, as reads take long or fail: ${rate}.${silence}`;
      case "paused":
        return "Pauses, as somebody writes to a device.";
    }
  }
}
