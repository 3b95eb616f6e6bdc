import { ByteReader } from "../codec/byte-reader.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import { readText, writeText } from "../codec/any-text.ts";

/** New samples of one series, in time order. */
export interface SeriesSamples {
  readonly seriesId: number;
  readonly times: readonly number[];
  readonly states: readonly string[];
}

/** What one append adds, as it stands in the log: see docs/format/block.md. */
export function encodeLogEntry(groups: readonly SeriesSamples[]): Uint8Array {
  const samples = groups.reduce((sum, { times }) => sum + times.length, 0);
  const writer = new ByteWriter(16 + samples * 12);
  writer.varint(groups.length);
  let previous = 0;
  for (const { seriesId, times, states } of groups) {
    writer.varint(seriesId).varint(times.length);
    for (const [index, time] of times.entries()) {
      writer.zigzag(time - previous);
      previous = time;
      writeText(writer, states[index] as string);
    }
  }
  return writer.finish();
}

/** Throws STORE_CORRUPT. */
export function decodeLogEntry(bytes: Uint8Array): SeriesSamples[] {
  const reader = new ByteReader(bytes);
  const groups: SeriesSamples[] = [];
  let previous = 0;
  for (let left = reader.count(2); left > 0; left -= 1) {
    const seriesId = reader.varint();
    const times: number[] = [];
    const states: string[] = [];
    for (let samples = reader.count(2); samples > 0; samples -= 1) {
      previous += reader.zigzag();
      times.push(previous);
      states.push(readText(reader));
    }
    groups.push({ seriesId, times, states });
  }
  return groups;
}
