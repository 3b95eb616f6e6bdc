import { ByteReader, corrupt } from "../codec/byte-reader.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import { unzigzag, zigzag } from "../codec/zigzag.ts";
import { readText, writeText } from "../codec/any-text.ts";
import { mostDecimals } from "./decimal.ts";
import type { GroupedSamples } from "./grouped-samples.ts";
import { isText, StateList } from "./states.ts";

/** What one append adds, as it stands in the log: see docs/format/series.md. */
export function encodeLogEntry({ times, states, groups }: GroupedSamples): Uint8Array {
  const writer = new ByteWriter(16 + groups.length * 6 + times.length * 8);
  writer.varint(groups.length);
  let before = 0;
  let decimalsBefore = 0;
  for (const { seriesId, begin, end } of groups) {
    writer.varint(seriesId).varint(end - begin);
    let mantissa = 0;
    for (let index = begin; index < end; index += 1) {
      const time = times[index] as number;
      const decimals = states.decimals[index] as number;
      const value = states.values[index] as number;
      writer.varint(zigzag(time - before) * 2 + (decimals === decimalsBefore ? 0 : 1));
      before = time;
      if (decimals !== decimalsBefore) writer.u8(decimals);
      decimalsBefore = decimals;
      if (decimals === isText) {
        writeText(writer, states.texts[value] as string);
      } else {
        writer.zigzag(value - mantissa);
        mantissa = value;
      }
    }
  }
  return writer.finish();
}

/** Throws STORE_CORRUPT. */
export function decodeLogEntry(bytes: Uint8Array): GroupedSamples {
  const reader = new ByteReader(bytes);
  const groups: { seriesId: number; begin: number; end: number }[] = [];
  const times: number[] = [];
  const states = new StateList();
  let before = 0;
  let decimals = 0;
  for (let left = reader.count(2); left > 0; left -= 1) {
    const seriesId = reader.varint();
    const begin = times.length;
    let mantissa = 0;
    for (let count = reader.count(2); count > 0; count -= 1) {
      const step = reader.varint();
      before += unzigzag(Math.floor(step / 2));
      times.push(before);
      if (step % 2 === 1) decimals = reader.u8();
      if (decimals === isText) {
        states.push(readText(reader));
        continue;
      }
      if (decimals > mostDecimals) throw corrupt("a number has impossible decimals");
      mantissa += reader.zigzag();
      states.pushNumber(mantissa, decimals);
    }
    groups.push({ seriesId, begin, end: times.length });
  }
  return { times: Float64Array.from(times), states: states.view(), groups };
}
