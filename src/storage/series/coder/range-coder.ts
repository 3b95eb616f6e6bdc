/**
 * Binary range coder after Martin (1979) as LZMA does it: 32 bits of range, renormalised by whole bytes, carries resolved when they happen.
 * One class for both ways, so that one model drives both: what is to be written is handed in, what was read comes back.
 */
const smallestRange = 2 ** 24;
const whole = 2 ** 32;

export class RangeCoder {
  /** The bytes to be read; undefined while writing. */
  readonly #source: Uint8Array | undefined;
  #at = 0;
  #range = whole - 1;
  /** Writing: the lower end of the range. Reading: how far the bytes are above it. */
  #low = 0;
  /** The newest byte that a carry may still change (-1: none yet), and how many 0xff stand behind it. */
  #held = -1;
  #heldOnes = 0;
  readonly #written: number[] = [];

  private constructor(source?: Uint8Array) {
    this.#source = source;
    if (source === undefined) return;
    for (let byte = 0; byte < 4; byte += 1) this.#low = this.#low * 256 + this.#next();
  }

  static writing(): RangeCoder {
    return new RangeCoder();
  }

  /** Behind the end of `bytes` stand zeros. */
  static reading(bytes: Uint8Array): RangeCoder {
    return new RangeCoder(bytes);
  }

  /** One bit, a one with `probability` in 1/65536 (1 to 65535). */
  bit(bit: number, probability: number): number {
    const bound = (this.#range >>> 16) * probability;
    const one = this.#source === undefined ? bit === 1 : this.#low < bound;
    if (one) {
      this.#range = bound;
    } else {
      this.#low += this.#source === undefined ? bound : -bound;
      this.#range -= bound;
    }
    while (this.#range < smallestRange) this.#shift();
    return one ? 1 : 0;
  }

  /** `count` (1 to 16) bits that are as likely as any others. */
  raw(value: number, count: number): number {
    this.#range = this.#range >>> count;
    let result = value;
    if (this.#source === undefined) {
      this.#low += value * this.#range;
    } else {
      result = Math.min((1 << count) - 1, Math.floor(this.#low / this.#range));
      this.#low -= result * this.#range;
    }
    while (this.#range < smallestRange) this.#shift();
    return result;
  }

  /** What was written; zeros at the end are left out. */
  finish(): Uint8Array {
    // Any number from low to below low + range says the same: the one with the most zeros behind it is the shortest.
    for (const step of [2 ** 32, 2 ** 24, 2 ** 16, 2 ** 8, 1]) {
      const rounded = Math.ceil(this.#low / step) * step;
      if (rounded >= this.#low + this.#range) continue;
      this.#low = rounded;
      break;
    }
    for (let byte = 0; byte < 5; byte += 1) this.#shift();
    let end = this.#written.length;
    while (end > 0 && this.#written[end - 1] === 0) end -= 1;
    return Uint8Array.from(this.#written.slice(0, end));
  }

  #shift(): void {
    this.#range *= 256;
    if (this.#source !== undefined) {
      this.#low = (this.#low * 256 + this.#next()) >>> 0;
      return;
    }
    if (this.#low < 0xff000000 || this.#low >= whole) {
      const carry = this.#low >= whole ? 1 : 0;
      if (this.#held >= 0) this.#written.push((this.#held + carry) & 0xff);
      for (; this.#heldOnes > 0; this.#heldOnes -= 1) this.#written.push((0xff + carry) & 0xff);
      this.#held = (this.#low >>> 24) & 0xff;
    } else {
      this.#heldOnes += 1;
    }
    this.#low = ((this.#low >>> 0) & 0xffffff) * 256;
  }

  #next(): number {
    const byte = this.#source?.[this.#at] ?? 0;
    this.#at += 1;
    return byte;
  }
}
