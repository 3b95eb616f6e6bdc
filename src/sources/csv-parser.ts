/** One record of a CSV file with the line (from 1) it begins in. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
  /** A quote that is never closed, or text behind a closing one. */
  readonly malformed: boolean;
}

/** A record longer than this is cut off and malformed: a quote that was never closed must not swallow the file. */
const longestRecord = 65_536;

/**
 * RFC 4180, a piece at a time: quoted fields with commas, quotes and line ends inside; lines end with LF or CRLF. Blank lines are
 * left out. Every character stands for one byte (latin1): a piece may end within a character of UTF-8, and bytes that are none stay in
 * the one field in which they are.
 */
export class CsvParser {
  #rest = "";
  #line = 1;

  /** The records that are complete; with `end` the last one, too. */
  *push(text: string, end = false): Generator<CsvRecord> {
    const all = this.#rest + text;
    let position = 0;
    while (position < all.length) {
      const next = recordEnd(all, position, end);
      if (next === undefined) break;
      const raw = all.slice(position, next.end);
      if (raw !== "") yield { line: this.#line, ...split(raw), ...(next.malformed ? { malformed: true } : {}) };
      this.#line += raw.includes("\n") ? raw.split("\n").length : 1;
      position = next.next;
    }
    this.#rest = all.slice(position);
  }
}

interface RecordEnd {
  /** Behind the last character of the record. */
  readonly end: number;
  /** Where the next record begins. */
  readonly next: number;
  readonly malformed: boolean;
}

/** Undefined when the record may go on in the next piece. */
function recordEnd(text: string, from: number, end: boolean): RecordEnd | undefined {
  const firstLine = text.indexOf("\n", from);
  let newline = firstLine;
  let isQuoted = false;
  let scanned = from;
  for (;;) {
    const to = newline === -1 ? text.length : newline;
    if (newline === -1 && !end && to - from <= longestRecord) return undefined;
    if (hasOddQuotes(text, scanned, to)) isQuoted = !isQuoted;
    scanned = to;
    if (!isQuoted) return cutCarriageReturn(text, from, to, newline === -1 ? to : newline + 1, false);
    if (newline === -1 || to - from > longestRecord) {
      // The quote is never closed: only its own line is lost.
      const stop = firstLine === -1 ? text.length : firstLine;
      return cutCarriageReturn(text, from, stop, firstLine === -1 ? stop : firstLine + 1, true);
    }
    newline = text.indexOf("\n", newline + 1);
  }
}

function cutCarriageReturn(text: string, from: number, to: number, next: number, malformed: boolean): RecordEnd {
  return { end: to > from && text[to - 1] === "\r" ? to - 1 : to, next, malformed };
}

function hasOddQuotes(text: string, from: number, to: number): boolean {
  let open = false;
  for (let at = text.indexOf('"', from); at !== -1 && at < to; at = text.indexOf('"', at + 1)) open = !open;
  return open;
}

function split(raw: string): { fields: string[]; malformed: boolean } {
  if (!raw.includes('"')) return { fields: raw.split(","), malformed: false };
  const fields: string[] = [];
  let malformed = false;
  for (let position = 0; position <= raw.length;) {
    if (raw[position] === '"') {
      let close = raw.indexOf('"', position + 1);
      while (close !== -1 && raw[close + 1] === '"') close = raw.indexOf('"', close + 2);
      if (close === -1) return { fields: [...fields, raw.slice(position)], malformed: true };
      fields.push(raw.slice(position + 1, close).replaceAll('""', '"'));
      malformed ||= close + 1 < raw.length && raw[close + 1] !== ",";
      const comma = raw.indexOf(",", close + 1);
      position = comma === -1 ? raw.length + 1 : comma + 1;
    } else {
      const comma = raw.indexOf(",", position);
      const stop = comma === -1 ? raw.length : comma;
      const field = raw.slice(position, stop);
      malformed ||= field.includes('"');
      fields.push(field);
      position = stop + 1;
    }
  }
  return { fields, malformed };
}
