/** A round trip so many times as long as the read itself had others before it. */
const slowFactor = 3;
const smoothing = 0.15;
const afterSlow = 0.7;
const afterFailure = 0.5;
/** At most one cut in this time: what follows from one delay is one delay. ms */
const cutEvery = 1_000;
/** Back from nothing to all in twenty seconds. */
const recoveryPerSecond = 0.05;
const least = 1 / 16;

/**
 * How much of its allowance the drive uses: additive increase while reads come back in time, multiplicative decrease when they slow down or fail (Chiu and Jain, Computer Networks and ISDN Systems 17, 1989).
 * So whoever else is on the bus goes first. Times are monotonic ms.
 */
export class Pressure {
  #level = 1;
  #slowness = 1;
  #at: number | undefined;
  #cutAt = Number.NEGATIVE_INFINITY;

  /** From 1/16 to 1. */
  get level(): number {
    return this.#level;
  }

  /** A read came back after `roundTrip` ms that takes `service` ms when nobody else is there. */
  answered(now: number, roundTrip: number, service: number): void {
    this.#slowness += smoothing * (roundTrip / Math.max(service, 1) - this.#slowness);
    const seconds = this.#at === undefined ? 0 : (now - this.#at) / 1_000;
    this.#at = now;
    if (this.#slowness > slowFactor) this.#cut(now, afterSlow);
    else this.#level = Math.min(1, this.#level + seconds * recoveryPerSecond);
  }

  failed(now: number): void {
    this.#at = now;
    this.#cut(now, afterFailure);
  }

  #cut(now: number, factor: number): void {
    if (now - this.#cutAt < cutEvery) return;
    this.#cutAt = now;
    this.#level = Math.max(least, this.#level * factor);
  }
}
