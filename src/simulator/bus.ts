import { unavailable } from "#model/sample.ts";
import type { Register } from "./registers.ts";
import { chance } from "./signals.ts";

/** One read that was made. Times in ms since 1970. */
export interface Read {
  readonly register: Register;
  readonly ended: number;
  readonly state: string;
}

export interface BusOptions {
  readonly registers: readonly Register[];
  readonly seed: number;
  /** ms since 1970: when Home Assistant begins to read. */
  readonly start: number;
  /** Milliseconds for one read; varies by a twentieth. */
  readonly serviceTime: number;
  /** Milliseconds a read of a silent unit takes. */
  readonly timeout: number;
}

interface Schedule {
  readonly register: Register;
  /** When the read is wanted; Infinity when nobody wants one. */
  due: number;
  reads: number;
  firstEnd: number;
  lastEnd: number;
}

/**
 * One line on which only one request travels at a time. As in Home Assistant's own Modbus integration the next read of an entity
 * is wanted one scan interval after the end of the last, and whoever waits longest is served first.
 */
export class SimulatedBus {
  readonly #options: BusOptions;
  readonly #schedules: readonly Schedule[];
  readonly #byId: ReadonlyMap<string, Schedule>;
  #freeAt: number;
  #busy = 0;
  #count = 0;

  constructor(options: BusOptions) {
    this.#options = options;
    this.#schedules = options.registers.map((register) => ({
      register,
      due: options.start,
      reads: 0,
      firstEnd: 0,
      lastEnd: 0,
    }));
    this.#byId = new Map(this.#schedules.map((schedule) => [schedule.register.entityId, schedule]));
    this.#freeAt = options.start;
  }

  /** Every read that ends up to `now`, in order. */
  *advance(now: number): Generator<Read> {
    for (;;) {
      let next = this.#schedules[0] as Schedule;
      for (const schedule of this.#schedules) if (schedule.due < next.due) next = schedule;
      const begun = Math.max(next.due, this.#freeAt);
      if (begun > now) return;
      const silent = unitIsSilent(next.register.unit, begun, this.#options.seed);
      const spread = 0.95 + 0.1 * chance(this.#options.seed, next.register.unit, this.#count);
      const ended = begun + (silent ? this.#options.timeout : this.#options.serviceTime * spread);
      if (ended > now) return;
      this.#freeAt = ended;
      this.#busy += ended - begun;
      this.#count += 1;
      next.due =
        next.register.scanInterval === 0 ? Number.POSITIVE_INFINITY : ended + next.register.scanInterval * 1_000;
      next.reads += 1;
      next.firstEnd ||= ended;
      next.lastEnd = ended;
      yield {
        register: next.register,
        ended,
        state: silent ? unavailable : next.register.value(ended / 1_000, this.#options.seed),
      };
    }
  }

  /** Nobody read anything until `time`, ms since 1970: the computer slept. */
  skipTo(time: number): void {
    this.#freeAt = Math.max(this.#freeAt, time);
    for (const schedule of this.#schedules) schedule.due = Math.max(schedule.due, time);
  }

  /** Somebody asks for a read now. */
  ask(entityId: string, now: number): boolean {
    const schedule = this.#byId.get(entityId);
    if (schedule !== undefined) schedule.due = Math.min(schedule.due, now);
    return schedule !== undefined;
  }

  /** What really happened: seconds between reads by entity, and the share of time the line was busy. */
  truth(): { readonly intervals: ReadonlyMap<string, number>; readonly utilisation: number } {
    const intervals = this.#schedules
      .filter(({ reads }) => reads > 1)
      .map(
        ({ register, reads, firstEnd, lastEnd }) =>
          [register.entityId, (lastEnd - firstEnd) / (reads - 1) / 1_000] as const,
      );
    return { intervals: new Map(intervals), utilisation: this.#busy / Math.max(1, this.#freeAt - this.#options.start) };
  }
}

/** Unit 3 is away for three minutes every five hours. */
function unitIsSilent(unit: number, now: number, seed: number): boolean {
  if (unit !== 3) return false;
  const slot = Math.floor(now / 18_000_000);
  const begin = slot * 18_000_000 + chance(seed, 99, slot) * 17_000_000;
  return now >= begin && now < begin + 180_000;
}
