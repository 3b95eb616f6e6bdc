import { decimalsOf, formatDecimal, parseMantissa, powerOfTen } from "./decimal.ts";

/** In place of decimals: the value is the index of a text. */
export const isText = 0xff;

/**
 * Printed states as columns: a number as its mantissa with the decimals it was printed with, any other text as an index into `texts`. Nine bytes a
 * state, whatever it is; the text of one is made when somebody asks for it.
 */
export class States {
  readonly decimals: Uint8Array;
  readonly values: Float64Array;
  readonly texts: readonly string[];

  constructor(decimals: Uint8Array, values: Float64Array, texts: readonly string[]) {
    this.decimals = decimals;
    this.values = values;
    this.texts = texts;
  }

  static of(...texts: readonly string[]): States {
    const list = new StateList();
    for (const text of texts) list.push(text);
    return list.view();
  }

  get length(): number {
    return this.decimals.length;
  }

  /** The state as it was printed. */
  at(index: number): string {
    const decimals = this.decimals[index] as number;
    const value = this.values[index] as number;
    return decimals === isText ? (this.texts[value] as string) : formatDecimal(value, decimals);
  }

  /** The number a state stands for; NaN when it is none. The double nearest to the printed decimal. */
  numberAt(index: number): number {
    const decimals = this.decimals[index] as number;
    const value = this.values[index] as number;
    if (decimals !== isText) return value / (powerOfTen[decimals] as number);
    const text = this.texts[value] as string;
    const number = text === "" ? Number.NaN : Number(text);
    return Number.isFinite(number) ? number : Number.NaN;
  }

  /** The same in memory of its own. */
  copy(): States {
    return new States(this.decimals.slice(), this.values.slice(), this.texts);
  }

  /** A view of the states from `begin` to before `end`. */
  slice(begin: number, end: number): States {
    return new States(this.decimals.subarray(begin, end), this.values.subarray(begin, end), this.texts);
  }

  toArray(): string[] {
    return Array.from({ length: this.length }, (_, index) => this.at(index));
  }
}

/** States that grow. */
export class StateList {
  #decimals: Uint8Array<ArrayBuffer>;
  #values: Float64Array<ArrayBuffer>;
  #length = 0;
  #texts: string[] = [];
  readonly #indexes = new Map<string, number>();

  constructor(capacity = 16) {
    this.#decimals = new Uint8Array(capacity);
    this.#values = new Float64Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  push(text: string): void {
    const mantissa = parseMantissa(text);
    if (Number.isNaN(mantissa)) this.#add(isText, this.#indexOf(text));
    else this.#add(decimalsOf(text), mantissa);
  }

  /** A number as `parseMantissa` and `decimalsOf` would give it. */
  pushNumber(mantissa: number, decimals: number): void {
    this.#add(decimals, mantissa);
  }

  /** One state of another column. */
  pushFrom(states: States, index: number): void {
    const decimals = states.decimals[index] as number;
    const value = states.values[index] as number;
    this.#add(decimals, decimals === isText ? this.#indexOf(states.texts[value] as string) : value);
  }

  /** Forgets everything, and keeps the room it took; views that were handed out show anything from here on. */
  clear(): void {
    this.#length = 0;
    if (this.#texts.length === 0) return;
    this.#texts = [];
    this.#indexes.clear();
  }

  /** What is there, as a view: it keeps showing this, whatever is pushed later. */
  view(): States {
    return new States(this.#decimals.subarray(0, this.#length), this.#values.subarray(0, this.#length), this.#texts);
  }

  #add(decimals: number, value: number): void {
    if (this.#length === this.#decimals.length) this.#grow();
    this.#decimals[this.#length] = decimals;
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  #indexOf(text: string): number {
    const known = this.#indexes.get(text);
    if (known !== undefined) return known;
    this.#indexes.set(text, this.#texts.length);
    this.#texts.push(text);
    return this.#texts.length - 1;
  }

  #grow(): void {
    const capacity = Math.max(16, Math.ceil(this.#length * 1.25));
    const decimals = new Uint8Array(capacity);
    decimals.set(this.#decimals);
    this.#decimals = decimals;
    const values = new Float64Array(capacity);
    values.set(this.#values);
    this.#values = values;
  }
}
