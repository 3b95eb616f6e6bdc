import { isUtf8 } from "node:buffer";

/** What Python's `json` writes, read without loss: whole numbers beyond 2^53 are bigints, NaN and Infinity are null. Objects have no prototype. */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

type Growing = JsonValue[] | Record<string, JsonValue>;

/** Why and where a text stops being JSON: it ends too early, or something stands there that cannot. */
export class NotJson extends Error {
  readonly at: number;
  readonly ended: boolean;

  constructor(at: number, ended: boolean) {
    super(ended ? "the text ends too early" : "this is no JSON");
    this.at = at;
    this.ended = ended;
  }
}

const deepest = 64;
const numberPattern = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const blank = /[ \t\r\n]*/y;
// oxlint-disable-next-line no-control-regex -- they end a text
const plainText = /[^"\\\u0000-\u001F]*/y;
const words: readonly (readonly [string, JsonValue])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
  ["NaN", null],
  ["Infinity", null],
  ["-Infinity", null],
];
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/**
 * Reads JSON from a place in a text whose characters stand for one byte each (latin1). A value is attached to what it belongs to before it is complete, so that after a
 * failure what was read of it is there; `open` then holds what is not complete.
 */
export class JsonReader {
  readonly #text: string;
  at: number;
  /** How often NaN or an Infinity was read as null. */
  notNumbers = 0;
  readonly open: Growing[] = [];

  constructor(text: string, at = 0) {
    this.#text = text;
    this.at = at;
  }

  /** The next character behind white space that is not taken; empty at the end. */
  peek(): string {
    blank.lastIndex = this.at;
    blank.test(this.#text);
    this.at = blank.lastIndex;
    return this.#text[this.at] ?? "";
  }

  /** Takes a character that must come next. Throws NotJson. */
  take(character: string): void {
    if (this.peek() !== character) throw this.#fault();
    this.at += 1;
  }

  /** Throws NotJson; `attach` was called with what there is of the value if anything is. */
  value(attach: (value: JsonValue) => void, depth = 0): void {
    const first = this.peek();
    if (depth > deepest) throw this.#fault();
    if (first === "{") this.#object(attach, depth);
    else if (first === "[") this.#array(attach, depth);
    else if (first === '"') attach(this.string());
    else if (first === "-" ? this.#text[this.at + 1] !== "I" : first >= "0" && first <= "9") attach(this.#number());
    else attach(this.#word());
  }

  #object(attach: (value: JsonValue) => void, depth: number): void {
    const object = Object.create(null) as Record<string, JsonValue>;
    this.#begin(object, attach);
    if (this.peek() !== "}") {
      for (;;) {
        if (this.peek() !== '"') throw this.#fault();
        const key = this.string();
        this.take(":");
        this.value((value) => (object[key] = value), depth + 1);
        if (this.peek() !== ",") break;
        this.at += 1;
      }
    }
    this.take("}");
    this.open.pop();
  }

  #array(attach: (value: JsonValue) => void, depth: number): void {
    const array: JsonValue[] = [];
    this.#begin(array, attach);
    if (this.peek() !== "]") {
      for (;;) {
        this.value((value) => array.push(value), depth + 1);
        if (this.peek() !== ",") break;
        this.at += 1;
      }
    }
    this.take("]");
    this.open.pop();
  }

  #begin(container: Growing, attach: (value: JsonValue) => void): void {
    attach(container);
    this.open.push(container);
    this.at += 1;
  }

  /** A text in quotes. Throws NotJson. */
  string(): string {
    let result = "";
    for (this.at += 1; ;) {
      plainText.lastIndex = this.at;
      plainText.test(this.#text);
      result += decode(this.#text.slice(this.at, plainText.lastIndex));
      this.at = plainText.lastIndex;
      const next = this.#text[this.at];
      if (next === '"') break;
      // A control character is no part of a text: what follows belongs to something else.
      if (next !== "\\") throw this.#fault();
      const escaped = this.#text[this.at + 1] ?? "";
      const digits = this.#text.slice(this.at + 2, this.at + 6);
      if (escapes[escaped] !== undefined) {
        result += escapes[escaped];
        this.at += 2;
      } else if (escaped === "u" && /^[0-9a-fA-F]{4}$/.test(digits)) {
        result += String.fromCharCode(Number.parseInt(digits, 16));
        this.at += 6;
      } else {
        throw new NotJson(this.at, this.at + 6 >= this.#text.length);
      }
    }
    this.at += 1;
    // A part of a text keeps all of it in memory.
    return result.length < 13 ? result : Buffer.from(result, "utf16le").toString("utf16le");
  }

  #number(): JsonValue {
    numberPattern.lastIndex = this.at;
    const text = numberPattern.exec(this.#text)?.[0];
    if (text === undefined) throw this.#fault();
    const end = this.at + text.length;
    // It may go on where the text was cut off.
    if (end >= this.#text.length || /[.eE+\-\w]/.test(this.#text[end] as string))
      throw new NotJson(end, end + 2 >= this.#text.length);
    this.at = end;
    const number = Number(text);
    if (Number.isSafeInteger(number) || !/^-?\d+$/.test(text)) return number;
    const exact = BigInt(text);
    return Number.isFinite(number) && BigInt(number) === exact ? number : exact;
  }

  #word(): JsonValue {
    for (const [word, value] of words) {
      if (!this.#text.startsWith(word, this.at)) continue;
      this.at += word.length;
      if (value === null && word !== "null") this.notNumbers += 1;
      return value;
    }
    throw this.#fault();
  }

  /** What stands here cannot; or it might, if the text went on. */
  #fault(): NotJson {
    const rest = this.#text.slice(this.at, this.at + 10);
    const begun = rest.length < 9 && this.at + rest.length === this.#text.length;
    return new NotJson(this.at, begun && words.some(([word]) => word.startsWith(rest)));
  }
}

/** Bytes that are UTF-8 as the text they are; others as latin1. */
function decode(text: string): string {
  if (!/[\u0080-\u00FF]/.test(text)) return text;
  const bytes = Buffer.from(text, "latin1");
  return isUtf8(bytes) ? bytes.toString() : text;
}
