import { readText, writeText } from "./any-text.ts";
import { binaryObjectCodec } from "./binary-object.ts";
import { ByteReader, corrupt } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { Codec, CodecLookup } from "./codec.ts";

/** What stands in a column; on disk. */
const Form = { integers: 0, floats: 1, texts: 2, booleans: 3, anything: 4 } as const;

/** A few bytes may stand for many rows that are alike: without a limit they could stand for any number. */
const mostRows = 1_000_000;
/** Beyond this the differences of two would not fit. */
const largestInteger = 2 ** 50;

type Row = Readonly<Record<string, unknown>>;

/**
 * A list of records as columns: `rows varint · columns varint · (name · rows that have it · form · values)`. Whole numbers as differences,
 * other numbers as floats, texts by a dictionary; everything else as binary objects. Anything but a list of plain records is refused.
 */
export const columnsCodec: Codec = {
  id: 4,
  name: "columns",
  encode: (value) => {
    if (!Array.isArray(value) || !value.every(isPlainRecord))
      throw new TypeError("The columns codec takes lists of plain records.");
    const rows = value as readonly Row[];
    if (rows.length > mostRows) throw new RangeError(`The columns codec takes at most ${mostRows} records.`);
    const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const writer = new ByteWriter(rows.length * 8 + 64).varint(rows.length).varint(names.length);
    for (const name of names) writeColumn(writer, name, rows);
    return writer.finish();
  },
  decode: (bytes, codecs) => {
    const reader = new ByteReader(bytes);
    const count = reader.varint();
    const names = reader.count(2);
    if (count > mostRows) throw corrupt("more rows are declared than there can be");
    const rows: Record<string, unknown>[] = Array.from({ length: count }, () => ({}));
    for (let column = 0; column < names; column += 1) readColumn(reader, rows, codecs);
    return rows;
  },
};

function isPlainRecord(value: unknown): value is Row {
  return (
    typeof value === "object" &&
    value !== null &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null)
  );
}

function writeColumn(writer: ByteWriter, name: string, rows: readonly Row[]): void {
  const present = rows.map((row) => Object.hasOwn(row, name));
  const values = rows.filter((_row, index) => present[index]).map((row) => row[name]);
  writeText(writer, name);
  writeRuns(writer, present);
  const form = formOf(values);
  writer.u8(form);
  if (form === Form.integers) writeIntegers(writer, values as number[]);
  else if (form === Form.floats) for (const value of values) writer.f64(value as number);
  else if (form === Form.texts) writeTexts(writer, values as string[]);
  else if (form === Form.booleans) writeRuns(writer, values as boolean[]);
  else writer.sized(binaryObjectCodec.encode(values));
}

function readColumn(reader: ByteReader, rows: Record<string, unknown>[], codecs: CodecLookup): void {
  const name = readText(reader);
  const present = readRuns(reader, rows.length);
  const count = present.reduce((sum, here) => sum + (here ? 1 : 0), 0);
  const values = readValues(reader, count, codecs);
  if (values.length !== count) throw corrupt("a column has another length than its rows");
  let next = 0;
  for (const [index, row] of rows.entries()) {
    if (present[index] === true)
      Object.defineProperty(row, name, { value: values[next++], enumerable: true, writable: true, configurable: true });
  }
}

function readValues(reader: ByteReader, count: number, codecs: CodecLookup): readonly unknown[] {
  const form = reader.u8();
  switch (form) {
    case Form.integers:
      return readIntegers(reader, count);
    case Form.floats:
      return Array.from({ length: count }, () => reader.f64());
    case Form.texts:
      return readTexts(reader, count);
    case Form.booleans:
      return readRuns(reader, count);
    case Form.anything: {
      const values = binaryObjectCodec.decode(reader.sized(), codecs);
      if (Array.isArray(values)) return values;
    }
  }
  throw corrupt("a column has an unknown form");
}

function formOf(values: readonly unknown[]): number {
  const isInteger = (value: unknown): boolean =>
    Number.isInteger(value) && !Object.is(value, -0) && Math.abs(value as number) < largestInteger;
  if (values.every(isInteger)) return Form.integers;
  if (values.every((value) => typeof value === "number")) return Form.floats;
  if (values.every((value) => typeof value === "string")) return Form.texts;
  if (values.every((value) => typeof value === "boolean")) return Form.booleans;
  return Form.anything;
}

function writeIntegers(writer: ByteWriter, values: readonly number[]): void {
  let before = 0;
  for (const value of values) {
    writer.zigzag(value - before);
    before = value;
  }
}

function readIntegers(reader: ByteReader, count: number): number[] {
  let before = 0;
  return Array.from({ length: count }, () => (before += reader.zigzag()));
}

function writeTexts(writer: ByteWriter, values: readonly string[]): void {
  const numbers = new Map<string, number>();
  for (const value of values) if (!numbers.has(value)) numbers.set(value, numbers.size);
  writer.varint(numbers.size);
  for (const text of numbers.keys()) writeText(writer, text);
  for (const value of values) writer.varint(numbers.get(value) as number);
}

function readTexts(reader: ByteReader, count: number): string[] {
  const texts = Array.from({ length: reader.count() }, () => readText(reader));
  return Array.from({ length: count }, () => {
    const text = texts[reader.varint()];
    if (text === undefined) throw corrupt("a text is not in its dictionary");
    return text;
  });
}

/** Lengths of runs of false and true in turn, false first. */
function writeRuns(writer: ByteWriter, values: readonly boolean[]): void {
  let current = false;
  let length = 0;
  for (const value of values) {
    if (value !== current) {
      writer.varint(length);
      current = value;
      length = 0;
    }
    length += 1;
  }
  writer.varint(length);
}

function readRuns(reader: ByteReader, count: number): boolean[] {
  const values: boolean[] = [];
  for (let current = false; values.length < count || (count === 0 && !current); current = !current) {
    const length = reader.varint();
    if (length > count - values.length || (length === 0 && values.length > 0))
      throw corrupt("a run is longer than its column");
    for (let index = 0; index < length; index += 1) values.push(current);
    if (count === 0) break;
  }
  return values;
}
