import { KeySpace, keyOf, orderedU64 } from "../keys.ts";

/** A log that holds more is turned into blocks. */
const mostSamples = 524_288;
const mostBytes = 16 * 1024 * 1024;
/** Entries of fewer samples are joined once they are so many: the store's index holds each, and a small home brings one a second. */
const smallEntry = 1_024;
const mostSmall = 2_048;

/** One entry of the log. */
export interface LogPlace {
  /** In the order in which they came. */
  readonly number: number;
  /** Of format 1. */
  readonly isOld: boolean;
}

/** The entries of the log that are not in blocks yet, and how much they hold. */
export class LogExtent {
  #entries: LogPlace[] = [];
  #small: number[] = [];
  samples = 0;
  bytes = 0;

  add(place: LogPlace, samples: number, bytes: number): void {
    if (samples < smallEntry && !place.isOld) this.#small.push(place.number);
    else this.#entries.push(place);
    this.samples += samples;
    this.bytes += bytes;
  }

  /** 1 when it is time for a checkpoint. */
  get fill(): number {
    return Math.max(this.samples / mostSamples, this.bytes / mostBytes);
  }

  /** Small entries, oldest first, once there are enough to be joined; else none. */
  get scattered(): readonly number[] {
    return this.#small.length < mostSmall ? [] : [...this.#small];
  }

  /** The newest of some small entries holds all of them now. */
  join(joined: ReadonlySet<number>, newest: number): void {
    this.#small = this.#small.filter((number) => !joined.has(number));
    this.#entries.push({ number: newest, isOld: false });
  }

  /** A small entry is not to be joined. */
  setAside(number: number): void {
    this.#small = this.#small.filter((each) => each !== number);
    this.#entries.push({ number, isOld: false });
  }

  /** Of all entries. */
  *keys(): Iterable<Uint8Array> {
    for (const { number, isOld } of this.#entries)
      yield isOld ? keyOf(KeySpace.log1, orderedU64(number)) : logKey(number);
    for (const number of this.#small) yield logKey(number);
  }

  /** Entries that could not be turned into blocks, in front of those that came meanwhile. */
  putBack(log: LogExtent): void {
    this.#entries = [...log.#entries, ...this.#entries];
    this.#small = [...log.#small, ...this.#small];
    this.samples += log.samples;
    this.bytes += log.bytes;
  }
}

export function logKey(number: number): Uint8Array {
  return keyOf(KeySpace.log, orderedU64(number));
}
