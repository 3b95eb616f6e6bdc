import { Mixture } from "./mixture.ts";
import { RangeCoder } from "./range-coder.ts";

/**
 * Whole numbers (|value| < 2^52) as bits whose probabilities are learned from the numbers before: the bit length of the magnitude, counted up
 * or down from the one expected; the sign; and the leading bits below the highest. The bits below those are noise and are laid down as they are.
 */

/** Contexts: the slow and the fast mean of magnitudes, the number before, and the bit lengths of the two before. */
const scaleContexts = 64;
const nearest = 40;
const lengthContexts = 16;
const firstContext = [0, scaleContexts, 2 * scaleContexts, 2 * scaleContexts + 2 * nearest + 1] as const;
const contexts = 2 * scaleContexts + 2 * nearest + 1 + lengthContexts ** 2;

const lengths = 54;
/** Of numbers up to this bit length every bit is learned, of longer ones the `leadingBits` below the highest. */
const learnedWhole = 4;
const leadingBits = 3;
const nodes = 16;
const slotsPerContext = lengths * 2 + lengths * nodes;
const powerOfTwo = Float64Array.from({ length: lengths }, (_, exponent) => 2 ** exponent);
const slowShare = 1 / 16;
const fastShare = 3 / 10;

/** One weight set for each question. */
const signSelector = lengths;
const bitsSelector = lengths + 1;
const selectors = bitsSelector + 12;

class Model {
  readonly #mixture = new Mixture(contexts * slotsPerContext, selectors);
  /** The first slot of each context. */
  #context0 = 0;
  #context1 = 0;
  #context2 = 0;
  #context3 = 0;
  #slow = 0;
  #fast = 0;
  #before = 0;
  #lengthBefore = 0;

  reset(): void {
    this.#mixture.reset();
    this.#slow = 0;
    this.#fast = 0;
    this.#before = 0;
    this.#lengthBefore = 0;
  }

  /** `value` is what the encoder wants to say; what a decoder passes is of no meaning. */
  code(coder: RangeCoder, value: number): number {
    this.#setContext();
    const length = this.#codeLength(coder, bitLength(Math.abs(value)));
    let coded = 0;
    if (length > 0) {
      const negative = this.#ask(coder, lengths + length, signSelector, value < 0 ? 1 : 0);
      const magnitude = this.#codeBits(coder, Math.abs(value), length, negative);
      coded = negative === 1 ? -magnitude : magnitude;
    }
    this.#learn(coded, length);
    return coded;
  }

  /** “Longer than k?”, from the expected length on up, or down, until the answer changes. */
  #codeLength(coder: RangeCoder, length: number): number {
    let known = Math.min(lengths - 2, bitLength(Math.floor(this.#slow)));
    if (this.#ask(coder, known, known, length > known ? 1 : 0) === 1) {
      do known += 1;
      while (known < lengths - 1 && this.#ask(coder, known, known, length > known ? 1 : 0) === 1);
      return known;
    }
    while (known > 0 && this.#ask(coder, known - 1, known - 1, length > known - 1 ? 1 : 0) === 0) known -= 1;
    return known;
  }

  #codeBits(coder: RangeCoder, magnitude: number, length: number, negative: number): number {
    const selector = bitsSelector + Math.min(11, length);
    if (length <= learnedWhole) {
      const first = 2 * lengths + length * nodes + negative * (nodes / 2);
      return this.#codeLeading(coder, magnitude, length - 1, first, selector);
    }
    const raw = Math.max(0, length - 1 - leadingBits);
    const highest = Math.floor(magnitude / (powerOfTwo[raw] as number));
    const first = 2 * lengths + length * nodes;
    const leading = this.#codeLeading(coder, highest, leadingBits, first, selector);
    return leading * (powerOfTwo[raw] as number) + codeRaw(coder, magnitude, raw);
  }

  /** A one, then the lowest `count` bits of `bits`. */
  #codeLeading(coder: RangeCoder, bits: number, count: number, first: number, selector: number): number {
    let result = 1;
    for (let left = count - 1; left >= 0; left -= 1)
      result = result * 2 + this.#ask(coder, first + result, selector, (bits >>> left) & 1);
    return result;
  }

  #ask(coder: RangeCoder, question: number, selector: number, bit: number): number {
    const probability = this.#mixture.predict(
      selector,
      this.#context0 + question,
      this.#context1 + question,
      this.#context2 + question,
      this.#context3 + question,
    );
    const answer = coder.bit(bit, probability);
    this.#mixture.update(answer);
    return answer;
  }

  #setContext(): void {
    const near = Math.max(-nearest, Math.min(nearest, this.#before));
    const before = Math.min(lengthContexts - 1, bitLength(Math.abs(this.#before)));
    this.#context0 = (firstContext[0] + scaleOf(this.#slow)) * slotsPerContext;
    this.#context1 = (firstContext[1] + scaleOf(this.#fast)) * slotsPerContext;
    this.#context2 = (firstContext[2] + near + nearest) * slotsPerContext;
    this.#context3 = (firstContext[3] + before * lengthContexts + this.#lengthBefore) * slotsPerContext;
  }

  #learn(value: number, length: number): void {
    const magnitude = Math.abs(value);
    this.#slow += (magnitude - this.#slow) * slowShare;
    this.#fast += (magnitude - this.#fast) * fastShare;
    this.#lengthBefore = Math.min(lengthContexts - 1, bitLength(Math.abs(this.#before)));
    this.#before = length > 30 ? Math.sign(value) * 2 ** 30 : value;
  }
}

/** The lowest `count` bits of a magnitude. */
function codeRaw(coder: RangeCoder, magnitude: number, count: number): number {
  if (count <= 16) return count === 0 ? 0 : coder.raw(magnitude & (2 ** count - 1), count);
  const upper = codeRaw(coder, Math.floor(magnitude / 65_536), count - 16);
  return upper * 65_536 + coder.raw(magnitude & 0xffff, 16);
}

/** Two steps to the doubling, of means from 1/16 to 2^27. */
function scaleOf(mean: number): number {
  const sixteenths = Math.min(2 ** 31 - 1, Math.floor(mean * 16));
  if (sixteenths < 2) return sixteenths;
  const highest = 31 - Math.clz32(sixteenths);
  return 2 * highest + ((sixteenths >>> (highest - 1)) & 1);
}

function bitLength(value: number): number {
  return value < 2 ** 31 ? 32 - Math.clz32(value) : 63 - Math.clz32(Math.floor(value / 2 ** 31));
}

/** Megabytes of counters: made once, and forgotten before each column. */
let model: Model | undefined;

function freshModel(): Model {
  model ??= new Model();
  model.reset();
  return model;
}

export function encodeModelled(values: ArrayLike<number>): Uint8Array {
  const fresh = freshModel();
  const coder = RangeCoder.writing();
  for (let index = 0; index < values.length; index += 1) fresh.code(coder, values[index] as number);
  return coder.finish();
}

/** Fills `values`; whatever the bytes are, it ends, and each number is a whole one below 2^53. */
export function decodeModelled(bytes: Uint8Array, values: Float64Array): void {
  const fresh = freshModel();
  const coder = RangeCoder.reading(bytes);
  for (let index = 0; index < values.length; index += 1) values[index] = fresh.code(coder, 0);
}
