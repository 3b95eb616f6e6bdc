import type { ByteReader } from "../codec/byte-reader.ts";
import { corrupt } from "../codec/byte-reader.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import { readText, writeText } from "../codec/any-text.ts";
import { mostDecimals, powerOfTen } from "./decimal.ts";
import { expectedBits, readDifferenced, writeDifferenced } from "./differences.ts";
import type { Effort } from "./effort.ts";
import { readIntegers, writeIntegers } from "./integer-column.ts";
import { isText, States } from "./states.ts";
import { trialPart } from "./trial-part.ts";

/** How the decimals of the numbers are told; on disk. See docs/format/block.md. */
const Printed = { asWritten: 0, shortest: 1, shortestWithPoint: 2 } as const;
/** How the numbers are laid down; on disk. */
const Grid = { own: 0, common: 1, digits: 2 } as const;

/** What is scaled stays below this, so that its differences are exact. */
const largestScaled = 2 ** 49;
const mostDigits = 17;

/** The numbers among the states: mantissas, and the decimals they were printed with. */
interface Numbers {
  readonly mantissas: Float64Array;
  readonly decimals: Uint8Array;
}

/** Which states are texts, the texts, and the numbers, each as a column. See docs/format/block.md. */
export function writeStates(writer: ByteWriter, states: States, effort: Effort): void {
  const texts = new Map<number, number>();
  const codes = new Float64Array(states.length);
  const mantissas = new Float64Array(states.length);
  const decimals = new Uint8Array(states.length);
  let count = 0;
  for (let index = 0; index < states.length; index += 1) {
    const places = states.decimals[index] as number;
    const value = states.values[index] as number;
    if (places === isText) {
      const code = texts.get(value) ?? texts.size + 1;
      texts.set(value, code);
      codes[index] = code;
    } else {
      mantissas[count] = value;
      decimals[count] = places;
      count += 1;
    }
  }
  writer.varint(texts.size);
  for (const text of texts.keys()) writeText(writer, states.texts[text] as string);
  writeIntegers(writer, codes, effort);
  writeNumbers(writer, { mantissas: mantissas.subarray(0, count), decimals: decimals.subarray(0, count) }, effort);
}

/** Throws STORE_CORRUPT. */
export function readStates(reader: ByteReader, count: number): States {
  const texts = Array.from({ length: reader.count() }, () => readText(reader));
  const codes = readIntegers(reader, count);
  let numbers = 0;
  for (let index = 0; index < count; index += 1) if (codes[index] === 0) numbers += 1;
  const { mantissas, decimals } = readNumbers(reader, numbers);
  if (numbers === count) return new States(decimals, mantissas, texts);
  const allDecimals = new Uint8Array(count).fill(isText);
  let next = 0;
  for (let index = 0; index < count; index += 1) {
    const code = codes[index] as number;
    if (code === 0) {
      codes[index] = mantissas[next] as number;
      allDecimals[index] = decimals[next] as number;
      next += 1;
    } else {
      if (texts[code - 1] === undefined) throw corrupt("a block names a text it does not have");
      codes[index] = code - 1;
    }
  }
  return new States(allDecimals, codes, texts);
}

function writeNumbers(writer: ByteWriter, numbers: Numbers, effort: Effort): void {
  const { mantissas, decimals } = numbers;
  const scale = commonScale(numbers);
  if (scale === undefined) {
    writer.u8(Grid.own);
    writeIntegers(writer, decimals, effort);
    writeDifferenced(writer, mantissas, effort);
    return;
  }
  const scaled = new Float64Array(mantissas.length);
  for (let index = 0; index < scaled.length; index += 1)
    scaled[index] = (mantissas[index] as number) * (powerOfTen[scale - (decimals[index] as number)] as number);
  const printed = howPrinted(scaled, decimals, scale);
  const digits = effort === "dense" && printed !== Printed.asWritten ? onDigits(scaled, scale) : undefined;
  if (digits !== undefined && digitsPay(scaled, digits)) {
    writer.u8(Grid.digits).u8(scale).u8(printed);
    writeDifferenced(writer, digits.places, effort);
    writer.u8(digits.predicted);
    writeIntegers(writer, digits.rests, effort);
    return;
  }
  writer.u8(Grid.common).u8(scale).u8(printed);
  if (printed === Printed.asWritten) writeIntegers(writer, decimals, effort);
  writeDifferenced(writer, scaled, effort);
}

function digitsPay(scaled: Float64Array, { places, rests }: OnDigits): boolean {
  const onDigits = new ByteWriter();
  writeDifferenced(onDigits, trialPart(places), "dense");
  writeIntegers(onDigits, trialPart(rests), "dense");
  const common = new ByteWriter();
  writeDifferenced(common, trialPart(scaled), "dense");
  return onDigits.length < common.length;
}

function readNumbers(reader: ByteReader, count: number): Numbers {
  const grid = reader.u8();
  if (grid === Grid.own) {
    const decimals = checkedDecimals(readIntegers(reader, count), mostDecimals);
    return { decimals, mantissas: readDifferenced(reader, count) };
  }
  const scale = reader.u8();
  const printed = reader.u8();
  if (grid > Grid.digits || scale > mostDecimals || printed > Printed.shortestWithPoint)
    throw corrupt("a block has an unknown kind of numbers");
  const written = printed === Printed.asWritten ? checkedDecimals(readIntegers(reader, count), scale) : undefined;
  const scaled = grid === Grid.common ? readDifferenced(reader, count) : readDigits(reader, count, scale);
  const decimals = written ?? shortestDecimals(scaled, scale, printed);
  for (let index = 0; index < count; index += 1) {
    const spare = scale - (decimals[index] as number);
    if (spare > 0) scaled[index] = Math.round((scaled[index] as number) / (powerOfTen[spare] as number));
  }
  return { decimals, mantissas: scaled };
}

/** The largest decimals, when every number is exact at it. */
function commonScale({ mantissas, decimals }: Numbers): number | undefined {
  let scale = 0;
  for (const places of decimals) scale = Math.max(scale, places);
  for (let index = 0; index < mantissas.length; index += 1) {
    const factor = powerOfTen[scale - (decimals[index] as number)] as number;
    if (Math.abs(mantissas[index] as number) * factor >= largestScaled) return undefined;
  }
  return scale;
}

function howPrinted(scaled: Float64Array, decimals: Uint8Array, scale: number): number {
  // Where all are printed alike, saying so is as short, and reads faster.
  if (decimals.every((places) => places === scale)) return Printed.asWritten;
  return (
    [Printed.shortest, Printed.shortestWithPoint].find((printed) => arePrinted(scaled, decimals, { scale, printed })) ??
    Printed.asWritten
  );
}

function arePrinted(
  scaled: Float64Array,
  decimals: Uint8Array,
  { scale, printed }: { scale: number; printed: number },
): boolean {
  const least = leastDecimals(scale, printed);
  for (let index = 0; index < scaled.length; index += 1)
    if (placesNeeded(scaled[index] as number, scale, least) !== decimals[index]) return false;
  return true;
}

/** Decimals without zeros at their end; with a point at least one. */
function shortestDecimals(scaled: Float64Array, scale: number, printed: number): Uint8Array {
  const least = leastDecimals(scale, printed);
  const result = new Uint8Array(scaled.length);
  for (let index = 0; index < scaled.length; index += 1)
    result[index] = placesNeeded(scaled[index] as number, scale, least);
  return result;
}

function leastDecimals(scale: number, printed: number): number {
  return Math.min(scale, printed === Printed.shortestWithPoint ? 1 : 0);
}

function placesNeeded(scaled: number, scale: number, least: number): number {
  let value = scaled;
  let places = scale;
  while (places > least && value % 10 === 0) {
    value /= 10;
    places -= 1;
  }
  return places;
}

/**
 * Numbers of which each has the same significant digits, as a program prints floats: how many decimals that leaves is a column, and what
 * each differs from nothing (`predicted` 0), or from the number before (1), is told in units of its own last decimal.
 */
interface OnDigits {
  readonly places: Float64Array;
  readonly predicted: 0 | 1;
  readonly rests: Float64Array;
}

/** Undefined when all would have the same decimals. */
function onDigits(scaled: Float64Array, scale: number): OnDigits | undefined {
  const places = placesOf(scaled, scale, mostSignificant(scaled));
  if (places === undefined || places.every((each) => each === places[0])) return undefined;
  const plain = restsOf(scaled, places, scale, 0);
  const differences = restsOf(scaled, places, scale, 1);
  return expectedBits(plain) < expectedBits(differences)
    ? { places, predicted: 0, rests: plain }
    : { places, predicted: 1, rests: differences };
}

function restsOf(scaled: Float64Array, places: Float64Array, scale: number, predicted: 0 | 1): Float64Array {
  const rests = new Float64Array(scaled.length);
  for (let index = 0; index < scaled.length; index += 1) {
    const unit = powerOfTen[scale - (places[index] as number)] as number;
    const expected = predicted === 0 || index === 0 ? 0 : nearest(scaled[index - 1] as number, unit);
    rests[index] = (scaled[index] as number) / unit - expected;
  }
  return rests;
}

function readDigits(reader: ByteReader, count: number, scale: number): Float64Array {
  const places = checkedDecimals(readDifferenced(reader, count), scale);
  const predicted = reader.u8();
  const scaled = readIntegers(reader, count);
  for (let index = 0; index < count; index += 1) {
    const unit = powerOfTen[scale - (places[index] as number)] as number;
    const expected = predicted === 0 || index === 0 ? 0 : nearest(scaled[index - 1] as number, unit);
    scaled[index] = ((scaled[index] as number) + expected) * unit;
  }
  return scaled;
}

/** How many units the multiple of `unit` next to a value is; a quotient, rounded, is the same on every machine. */
function nearest(value: number, unit: number): number {
  return Math.round(value / unit);
}

function mostSignificant(scaled: Float64Array): number {
  let most = 1;
  for (const value of scaled) {
    if (value === 0) continue;
    let rest = Math.abs(value);
    while (rest % 10 === 0) rest /= 10;
    most = Math.max(most, digitsOf(rest));
  }
  return most;
}

/** Decimals that `digits` significant digits leave each number; zero takes those of the number before. */
function placesOf(scaled: Float64Array, scale: number, digits: number): Float64Array | undefined {
  if (digits > mostDigits) return undefined;
  const places = new Float64Array(scaled.length);
  let before = scale;
  for (let index = 0; index < scaled.length; index += 1) {
    const value = Math.abs(scaled[index] as number);
    if (value !== 0) before = Math.min(scale, Math.max(0, scale - (digitsOf(value) - digits)));
    places[index] = before;
  }
  return places;
}

/** Decimal digits of a whole number above zero. */
function digitsOf(value: number): number {
  let digits = 1;
  while (value >= (powerOfTen[digits] as number)) digits += 1;
  return digits;
}

function checkedDecimals(values: Float64Array, most: number): Uint8Array {
  for (const places of values) if (!(places >= 0 && places <= most)) throw corrupt("a number has impossible decimals");
  return new Uint8Array(values);
}
