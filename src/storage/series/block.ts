import type { Breath } from "#core/breathe.ts";
import { ByteReader, corrupt } from "../codec/byte-reader.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import type { Effort } from "./effort.ts";
import { readBlock1 } from "./format-1.ts";
import type { SeriesSlice } from "./series-slice.ts";
import { readStates, writeStates } from "./state-columns.ts";
import { readTimes, writeTimes } from "./times.ts";

const blockVersion = 2;
/** More samples are never in one block; bounds what a damaged length can make us allocate. */
export const longestBlock = 1 << 17;

/** See docs/format/block.md. Lossless for every time below 2^50 and every text. */
export function encodeBlock(slice: SeriesSlice, effort: Effort): Uint8Array {
  const steps = encodeBlockInSteps(slice, effort);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** As `encodeBlock`, with a chance for others in between. */
export async function encodeBlockGently(slice: SeriesSlice, effort: Effort, breath: Breath): Promise<Uint8Array> {
  const steps = encodeBlockInSteps(slice, effort);
  for (;;) {
    await breath.take();
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

function* encodeBlockInSteps({ times, states }: SeriesSlice, effort: Effort): Generator<void, Uint8Array> {
  const writer = new ByteWriter(states.length * 2 + 64);
  writer.u8(blockVersion).varint(states.length);
  writeTimes(writer, times, effort);
  yield;
  writeStates(writer, states, effort);
  return writer.finish();
}

/** Throws STORE_CORRUPT. */
export function decodeBlock(bytes: Uint8Array): SeriesSlice {
  const reader = new ByteReader(bytes);
  const version = reader.u8();
  if (version !== blockVersion && version !== 1) throw corrupt("a block has an unknown version");
  const count = reader.varint();
  if (count > longestBlock) throw corrupt("a block declares more samples than any can hold");
  if (version === 1) return readBlock1(reader, count);
  const times = readTimes(reader, count);
  const states = readStates(reader, count);
  return { times, states };
}
