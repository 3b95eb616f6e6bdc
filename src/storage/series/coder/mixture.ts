/**
 * The probability of the next bit, learned while coding: four adaptive counters, each found by another context, mixed in the logistic domain by
 * weights that are learned too (Mahoney, “Adaptive Weighing of Context Models for Lossless Data Compression”, 2005).
 *
 * Whoever writes and whoever reads must come to the same number on every machine: only + − × ÷ of doubles are used, which IEEE 754 defines to
 * the last bit, and two tables of whole numbers, whose checksum a test holds. Four inputs, written out: this is the innermost loop.
 */
const mixedInputs = 4;

/** A counter is a probability in 1/2^22, then ten bits that say how often it was asked. */
const countBits = 10;
const halfSure = (2 ** 21 * 2 ** countBits) >>> 0;
const full = 2 ** 22 - 1;
/** Counters adapt by 1 / (n + 1.6), n at most this. */
const mostCounted = 255;
const learningRate = 0.02;
/** Beyond so many counters all are set back: that is no slower then. */
const mostTouched = 8_192;
/** Probabilities that are handed out, in 1/65536, are never nearer to the ends than this. */
const one = 65_536;
const least = 24;
/** Logits are kept in 1/512, and beyond ±12 are not told apart. */
const logitScale = 512;
const farthestLogit = 12;
const stretchSteps = 4_096;

/** ln(p / (1 − p)) of p = (i + ½) / 4096, in 1/512. */
export const stretchTable: Int16Array = Int16Array.from({ length: stretchSteps }, (_, index) => {
  const p = (index + 0.5) / stretchSteps;
  return Math.round(Math.log(p / (1 - p)) * logitScale);
});

/** 65536 / (1 + e^−x) of x = i/512 − 12, bounded by `least`. */
export const squashTable: Uint16Array = Uint16Array.from({ length: 2 * farthestLogit * logitScale + 1 }, (_, index) => {
  const x = index / logitScale - farthestLogit;
  return Math.min(one - least, Math.max(least, Math.round(one / (1 + Math.exp(-x)))));
});

const logits = Float64Array.from(stretchTable, (logit) => logit / logitScale);
const rates = Float64Array.from({ length: mostCounted + 1 }, (_, n) => 1 / (n + 1.6));

export class Mixture {
  readonly #counters: Uint32Array;
  readonly #weights: Float64Array;
  /** Slots that are no longer as they were at first, as far as there is room: short columns touch few of many. */
  readonly #touched = new Uint32Array(mostTouched);
  #touchedCount = 0;
  #probability = one / 2;
  #weightsAt = 0;
  #slot0 = 0;
  #slot1 = 0;
  #slot2 = 0;
  #slot3 = 0;
  #logit0 = 0;
  #logit1 = 0;
  #logit2 = 0;
  #logit3 = 0;

  /** `slots` counters in all; `selectors` sets of weights. */
  constructor(slots: number, selectors: number) {
    this.#counters = new Uint32Array(slots);
    this.#counters.fill(halfSure);
    this.#weights = new Float64Array(mixedInputs * selectors);
    this.reset();
  }

  /** Forgets everything. */
  reset(): void {
    if (this.#touchedCount > mostTouched) this.#counters.fill(halfSure);
    else
      for (let index = 0; index < this.#touchedCount; index += 1)
        this.#counters[this.#touched[index] as number] = halfSure;
    this.#touchedCount = 0;
    this.#weights.fill(1.3 / mixedInputs);
  }

  /** The probability that the next bit is a one, in 1/65536, by the counters in four slots. */
  predict(selector: number, slot0: number, slot1: number, slot2: number, slot3: number): number {
    const counters = this.#counters;
    const weights = this.#weights;
    const at = selector * mixedInputs;
    this.#weightsAt = at;
    this.#slot0 = slot0;
    this.#slot1 = slot1;
    this.#slot2 = slot2;
    this.#slot3 = slot3;
    const logit0 = (this.#logit0 = logits[(counters[slot0] as number) >>> 20] as number);
    const logit1 = (this.#logit1 = logits[(counters[slot1] as number) >>> 20] as number);
    const logit2 = (this.#logit2 = logits[(counters[slot2] as number) >>> 20] as number);
    const logit3 = (this.#logit3 = logits[(counters[slot3] as number) >>> 20] as number);
    const logit =
      (weights[at] as number) * logit0 +
      (weights[at + 1] as number) * logit1 +
      (weights[at + 2] as number) * logit2 +
      (weights[at + 3] as number) * logit3;
    const bounded = logit > farthestLogit ? farthestLogit : logit < -farthestLogit ? -farthestLogit : logit;
    this.#probability = squashTable[((bounded + farthestLogit) * logitScale) | 0] as number;
    return this.#probability;
  }

  /** What the bit was; after `predict`. */
  update(bit: number): void {
    const weights = this.#weights;
    const at = this.#weightsAt;
    const step = (bit - this.#probability / one) * learningRate;
    weights[at] = (weights[at] as number) + step * this.#logit0;
    weights[at + 1] = (weights[at + 1] as number) + step * this.#logit1;
    weights[at + 2] = (weights[at + 2] as number) + step * this.#logit2;
    weights[at + 3] = (weights[at + 3] as number) + step * this.#logit3;
    const target = bit === 1 ? full : 0;
    this.#count(this.#slot0, target);
    this.#count(this.#slot1, target);
    this.#count(this.#slot2, target);
    this.#count(this.#slot3, target);
  }

  #count(slot: number, target: number): void {
    const counter = this.#counters[slot] as number;
    const count = counter & (2 ** countBits - 1);
    // Nobody has asked it before.
    if (count === 0) {
      if (this.#touchedCount < mostTouched) this.#touched[this.#touchedCount] = slot;
      this.#touchedCount += 1;
    }
    const probability = counter >>> countBits;
    const moved = probability + (((target - probability) * (rates[count] as number)) | 0);
    this.#counters[slot] = (moved << countBits) | (count < mostCounted ? count + 1 : count);
  }
}
