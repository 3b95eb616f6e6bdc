import { CadenceError } from "#core/errors.ts";
import { isEntityId } from "#model/entity.ts";
import { longestState, type Sample } from "#model/sample.ts";
import { CsvParser, type CsvRecord } from "./csv-parser.ts";
import type { RowFormat, RowProblem } from "./row-format.ts";
import { decodeField, shortenField } from "./utf8-field.ts";

/** The columns of our own files, in any order; others are ignored. */
export const csvColumns = ["entity_id", "timestamp_ms", "state"] as const;
/** The columns of Home Assistant's history export. */
const historyColumns = ["entity_id", "last_changed", "state"] as const;

interface Columns {
  readonly entityId: number;
  readonly time: number;
  readonly state: number;
  readonly count: number;
  /** The time in a field; undefined when it is none. */
  readonly readTime: (text: string) => number | undefined;
}

const byteOrderMark = /^\u00EF\u00BB\u00BF/;

/** Samples with a header line: our own, or Home Assistant's history export. */
export class CsvFormat implements RowFormat {
  readonly #path: string;
  readonly #parser = new CsvParser();
  #columns: Columns | undefined;

  /** `path` is for messages. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Throws SOURCE_UNREADABLE when the header names no samples. */
  *push(text: string, end: boolean): Generator<Sample | RowProblem> {
    for (const record of this.#parser.push(text, end)) {
      if (this.#columns === undefined) {
        this.#columns = readHeader(this.#path, record);
        continue;
      }
      const sample = readRecord(record, this.#columns);
      yield typeof sample === "string" ? { line: record.line, text: sample } : sample;
    }
    if (end && this.#columns === undefined) throw notSamples(this.#path, "it is empty");
  }
}

function readHeader(path: string, { fields }: CsvRecord): Columns {
  const names = fields.map((field) => field.replace(byteOrderMark, "").trim().toLowerCase());
  const missing = csvColumns.filter((name) => !names.includes(name));
  const isHistory = missing.length > 0 && historyColumns.every((name) => names.includes(name));
  if (missing.length > 0 && !isHistory) throw notSamples(path, `its first line does not name ${missing.join(" and ")}`);
  const [entityId, time, state] = (isHistory ? historyColumns : csvColumns).map((name) => names.indexOf(name)) as [
    number,
    number,
    number,
  ];
  return { entityId, time, state, count: names.length, readTime: isHistory ? isoTime : wholeMilliseconds };
}

function wholeMilliseconds(text: string): number | undefined {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** With a zone: without one nobody knows whose time it is. Microseconds are rounded. */
function isoTime(text: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(\.\d{1,9})?\s?(Z|[+-]\d\d:?\d\d)$/.exec(text.trim());
  if (match === null) return undefined;
  const [, date = "", fraction = "", zone = ""] = match;
  const time = Date.parse(`${date.replace(" ", "T")}${zone}`) + Math.round(Number(`0${fraction}`) * 1_000);
  return Number.isNaN(time) ? undefined : time;
}

function notSamples(path: string, why: string): CadenceError {
  return new CadenceError("SOURCE_UNREADABLE", `${path} is no file of samples: ${why}.`, {
    remedy: `The first line must be ${csvColumns.join(",")} (in any order), or that of a history export: ${historyColumns.join(",")}. InfluxDB's line protocol is read as well.`,
  });
}

/** The sample, or what is wrong with the line. */
function readRecord({ fields, malformed }: CsvRecord, columns: Columns): Sample | string {
  if (malformed) return "a quoted field is not closed, or has text behind it";
  if (fields.length !== columns.count) return `has ${fields.length} fields instead of ${columns.count}`;
  const entityId = fields[columns.entityId] as string;
  const text = fields[columns.time] as string;
  const time = columns.readTime(text);
  const state = decodeField(fields[columns.state] as string);
  if (!isEntityId(entityId)) return `“${shortenField(entityId)}” is no entity id`;
  if (time === undefined) {
    const wanted = columns.readTime === isoTime ? "with a zone" : "in whole milliseconds since 1970";
    return `“${shortenField(text)}” is no time ${wanted}`;
  }
  if (state === undefined) return "the state is not UTF-8";
  if (state.length > longestState) return `the state is longer than ${longestState} characters`;
  return { entityId, time, state };
}
