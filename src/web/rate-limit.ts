import type { Clock } from "#core/clock.ts";

export interface RateLimitOptions {
  readonly clock: Clock;
  /** Requests that may come at once ... */
  readonly burst: number;
  /** ... and a second for as long as one likes. */
  readonly perSecond: number;
}

/** People behind one proxy are told apart by their name; a flood of names shares what is left. */
const mostKeys = 256;

/** A bucket of tokens for each who asks: an open page is never slowed down, a loop is. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(options: RateLimitOptions) {
    this.#options = options;
  }

  /** False when whoever asks has to wait. */
  allow(who: string): boolean {
    const { clock, burst, perSecond } = this.#options;
    const now = clock.monotonic();
    if (!this.#buckets.has(who) && this.#buckets.size >= mostKeys) this.#forgetIdle(now);
    const key = this.#buckets.has(who) || this.#buckets.size < mostKeys ? who : "";
    const { tokens, at } = this.#buckets.get(key) ?? { tokens: burst, at: now };
    const left = Math.min(burst, tokens + ((now - at) / 1_000) * perSecond);
    this.#buckets.set(key, { tokens: left < 1 ? left : left - 1, at: now });
    return left >= 1;
  }

  /** A full bucket is as good as none. */
  #forgetIdle(now: number): void {
    const { burst, perSecond } = this.#options;
    for (const [key, { tokens, at }] of this.#buckets)
      if (tokens + ((now - at) / 1_000) * perSecond >= burst) this.#buckets.delete(key);
  }
}
