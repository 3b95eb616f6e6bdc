/** One entity that is read, and read again `interval` seconds after the read has ended; the bus is busy `seconds` for it. */
export interface Reader {
  readonly interval: number;
  readonly seconds: number;
}

export interface ClosedLoop {
  /** Share of time the bus is busy, at most 1. */
  readonly utilisation: number;
  /** Σ seconds / interval: what is asked for. Above 1 it cannot be given. */
  readonly demand: number;
  /** Seconds between the beginnings of two reads of each reader, in their order. */
  readonly effective: readonly number[];
}

const enough = 1e-6;
const mostRounds = 10_000;

/**
 * What becomes of intervals on a bus that does one thing at a time, as Home Assistant reads since 2025: read, write the state, wait, read again. A read waits for those that are there before it,
 * so each reader's round is interval + response time, and the response time follows from how many others are waiting (mean value analysis, Bard 1979, Schweitzer 1979; for constant service times Reiser 1979).
 */
export function predictClosedLoop(readers: readonly Reader[]): ClosedLoop {
  const polled = readers.filter(({ interval }) => interval > 0);
  let response = polled.map(({ seconds }) => seconds);
  for (let round = 0; round < mostRounds; round += 1) {
    // Work that is found waiting or served, seen over time; of a read that is being served half is done, for all take as long every time.
    const queued = polled.map(({ interval, seconds }, index) => {
      const own = response[index] as number;
      return (seconds * (own - seconds / 2)) / (interval + own);
    });
    const total = queued.reduce((sum, work) => sum + work, 0);
    // Half of each step: the plain iteration swings when the bus is full.
    const next = polled.map(({ seconds }, index) => {
      const wanted = seconds + total - (queued[index] as number);
      return ((response[index] as number) + wanted) / 2;
    });
    const moved = Math.max(0, ...next.map((value, index) => Math.abs(value / (response[index] as number) - 1)));
    response = next;
    if (moved < enough) break;
  }
  const effectiveOf = new Map(polled.map((reader, index) => [reader, reader.interval + (response[index] as number)]));
  return {
    utilisation: Math.min(
      1,
      polled.reduce((sum, reader) => sum + reader.seconds / (effectiveOf.get(reader) as number), 0),
    ),
    demand: polled.reduce((sum, { interval, seconds }) => sum + seconds / interval, 0),
    effective: readers.map((reader) => effectiveOf.get(reader) ?? 0),
  };
}
