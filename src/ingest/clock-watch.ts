/** A clock that stands elsewhere than time would have brought it. */
export interface ClockJump {
  /** This machine's, or Home Assistant's where only its stamps moved. */
  readonly clock: "host" | "home-assistant";
  /** Milliseconds; positive when it went ahead. */
  readonly by: number;
}

/** Clocks are set right by less than this all the time. */
const notable = 5_000;
/** Stamps behind the clock may be late instead: they have to stay so for so many deliveries, and this long (ms). */
const deliveries = 5;
const settled = 30_000;

/** Notices clocks that jump: the machine's against its monotonic one, Home Assistant's stamps against the machine's. */
export class ClockWatch {
  #last: { readonly now: number; readonly monotonic: number } | undefined;
  /** Of the machine over Home Assistant's newest stamp, in ms: the least of late, which is what the clocks differ by. */
  #offset: number | undefined;
  #recent: { since: number; least: number; count: number } | undefined;

  /** Called for every live delivery with its newest stamp; all in ms, `monotonic` of a clock that only grows. */
  see({ now, monotonic, stamp }: { now: number; monotonic: number; stamp: number }): ClockJump | undefined {
    const last = this.#last;
    this.#last = { now, monotonic };
    const drift = last === undefined ? 0 : now - last.now - (monotonic - last.monotonic);
    if (Math.abs(drift) >= notable) {
      // Both clocks may be one: the stamps say nothing until new ones have come.
      this.#offset = undefined;
      this.#recent = undefined;
      return { clock: "host", by: Math.round(drift) };
    }
    return this.#stamped(now - stamp, monotonic);
  }

  #stamped(offset: number, monotonic: number): ClockJump | undefined {
    this.#recent ??= { since: monotonic, least: offset, count: 0 };
    const recent = this.#recent;
    recent.least = Math.min(recent.least, offset);
    recent.count += 1;
    const before = this.#offset;
    // A stamp of the future is none that came late.
    const isAhead = before !== undefined && before - recent.least >= notable;
    if (!isAhead && (recent.count < deliveries || monotonic - recent.since < settled)) return undefined;
    this.#offset = recent.least;
    this.#recent = undefined;
    if (before === undefined || Math.abs(before - this.#offset) < notable) return undefined;
    return { clock: "home-assistant", by: Math.round(before - this.#offset) };
  }
}
