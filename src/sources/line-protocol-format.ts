import { isEntityId } from "#model/entity.ts";
import { longestState, type Sample } from "#model/sample.ts";
import type { RowFormat, RowProblem } from "./row-format.ts";
import { decodeField, shortenField } from "./utf8-field.ts";

/** `measurement,tag=value field=value 1700000000000000000`. */
const firstLine = /^(?:[^\s,\\="]|\\.)+(?:,(?:[^\s,\\=]|\\.)+=(?:[^\s,\\=]|\\.)+)*[ ](?:[^\s,\\=]|\\.)+=\S/;
const longestLine = 65_536;
/** Of these Home Assistant writes a number of its own beside the text. */
const numberIsState = new Set(["sensor", "number", "counter", "input_number"]);

/** True for a text that begins with lines of InfluxDB's line protocol. */
export function isLineProtocol(begin: string): boolean {
  const line = begin.split(/\r?\n/).find((each) => !isRemark(each));
  return line !== undefined && firstLine.test(line);
}

/** Comments, and what an export says to the data base it goes to. */
function isRemark(line: string): boolean {
  return line.trim() === "" || line.startsWith("#") || /^(?:CREATE|USE) /.test(line);
}

/**
 * InfluxDB's line protocol, as Home Assistant's integration writes it and `influxd inspect export-lp` gives it back: tags `domain` and `entity_id`; the state is the field
 * `state`, else `value`. Times in seconds to nanoseconds, told by their digits. Lines of other fields are left out.
 */
export class LineProtocolFormat implements RowFormat {
  #rest = "";
  #line = 0;

  *push(text: string, end: boolean): Generator<Sample | RowProblem> {
    const lines = (this.#rest + text).split("\n");
    this.#rest = end ? "" : (lines.pop() ?? "");
    for (const line of lines) yield* this.#read(line);
    if (this.#rest.length > longestLine) {
      yield* this.#read(this.#rest);
      this.#rest = "";
    }
  }

  *#read(raw: string): Generator<Sample | RowProblem> {
    this.#line += 1;
    const line = raw.trimEnd();
    if (isRemark(line)) return;
    const read = line.length > longestLine ? "the line is too long" : readLine(line);
    if (read === undefined) return;
    yield typeof read === "string" ? { line: this.#line, text: read } : read;
  }
}

/** The sample; what is wrong; or undefined for a line without a state. */
function readLine(line: string): Sample | string | undefined {
  const scanner = new Scanner(line);
  scanner.name(", ");
  const tags = new Map<string, string>();
  while (scanner.take(",")) {
    const key = scanner.name("=");
    if (!scanner.take("=")) return "a tag has no value";
    tags.set(key, scanner.name(", "));
  }
  if (!scanner.take(" ")) return "it has no fields";
  const fields = new Map<string, string>();
  do {
    const key = scanner.name("=");
    const value = scanner.take("=") ? scanner.value() : undefined;
    if (value === undefined) return "a field has no value";
    fields.set(key, value);
  } while (scanner.take(","));
  if (!scanner.take(" ")) return "it has no time";
  const time = timeOf(scanner.rest);
  if (time === undefined) return `“${shortenField(scanner.rest)}” is no time`;
  const domain = tags.get("domain") ?? "";
  const text = fields.get("state") ?? (numberIsState.has(domain) ? fields.get("value") : undefined);
  if (text === undefined) return undefined;
  const id = tags.get("entity_id") ?? "";
  const entityId = id.includes(".") ? id : `${domain}.${id}`;
  if (!isEntityId(entityId)) return `“${shortenField(entityId)}” is no entity id`;
  const state = decodeField(text);
  if (state === undefined) return "the state is not UTF-8";
  return state.length > longestState
    ? `the state is longer than ${longestState} characters`
    : { entityId, time, state };
}

/** By its digits: nanoseconds from 2001 on have 19, milliseconds 13. */
function timeOf(text: string): number | undefined {
  const trimmed = text.trim();
  if (!/^\d{9,19}$/.test(trimmed)) return undefined;
  const unit = trimmed.length >= 18 ? 1e6 : trimmed.length >= 15 ? 1e3 : trimmed.length >= 12 ? 1 : 1e-3;
  // The digits below a millisecond are rounded before they are lost to a double.
  const whole = unit > 1 ? Number((BigInt(trimmed) + BigInt(unit / 2)) / BigInt(unit)) : Number(trimmed) / unit;
  return Number.isSafeInteger(whole) ? whole : undefined;
}

class Scanner {
  readonly #line: string;
  #at = 0;

  constructor(line: string) {
    this.#line = line;
  }

  get rest(): string {
    return this.#line.slice(this.#at);
  }

  take(character: string): boolean {
    if (this.#line[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  /** Up to one of the characters; a backslash in front of one, or of a comma, blank or equals sign, takes its meaning. */
  name(end: string): string {
    let name = "";
    for (; this.#at < this.#line.length; this.#at += 1) {
      const character = this.#line[this.#at] as string;
      const next = this.#line[this.#at + 1] ?? "";
      if (character === "\\" && /[,= \\]/.test(next)) {
        name += next;
        this.#at += 1;
      } else if (end.includes(character)) {
        break;
      } else {
        name += character;
      }
    }
    return name;
  }

  /** A field as text: of a number its digits; undefined when a quote is not closed or nothing is there. */
  value(): string | undefined {
    if (!this.take('"')) {
      const text = this.name(", ");
      return text === "" ? undefined : text.replace(/^(-?\d+)[iu]$/, "$1");
    }
    let text = "";
    for (; this.#at < this.#line.length; this.#at += 1) {
      const character = this.#line[this.#at] as string;
      const next = this.#line[this.#at + 1];
      if (character === "\\" && (next === '"' || next === "\\")) {
        text += next;
        this.#at += 1;
      } else if (character === '"') {
        this.#at += 1;
        return text;
      } else {
        text += character;
      }
    }
    return undefined;
  }
}
