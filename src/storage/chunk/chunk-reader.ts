import { crc32 } from "node:zlib";
import { CadenceError } from "#core/errors.ts";
import type { VolumeFile } from "../volume/volume.ts";
import { batchPayload, decodeBatchFrame, type Place, type PlacedBatch, type PlacedOperation } from "./batch-frame.ts";
import { chunkFooterSize, chunkHeaderSize, decodeChunkFooter } from "./chunk-format.ts";
import { type ChunkIndex, decodeIndexFrame } from "./chunk-index.ts";
import { decodeFrame, frameHeaderSize, FrameKind, frameLength, frameSize, longestPayload } from "./frame.ts";

/** A stretch of a chunk in which no whole frame can be read. */
export interface DamagedStretch {
  readonly offset: number;
  readonly length: number;
}

/** A batch frame that was read. */
interface ScannedFrame {
  readonly offset: number;
  readonly end: number;
  readonly sequence: number;
  readonly batch: PlacedBatch;
}

/** All that can be read of a chunk, frame by frame. */
export interface ChunkScan {
  readonly operations: readonly PlacedOperation[];
  readonly frames: number;
  readonly sequence: number;
  /** Behind the last good batch frame. */
  readonly end: number;
  /** Stretches with good frames behind them. What is bad up to the end of the file is a torn tail, and not in here. */
  readonly damaged: readonly DamagedStretch[];
  /** True when index and footer stand at the end, undamaged. */
  readonly sealed: boolean;
}

/** The index of a sealed chunk; undefined when there is none that can be trusted. */
export async function readChunkIndex(file: VolumeFile): Promise<(ChunkIndex & { readonly end: number }) | undefined> {
  if (file.size < chunkHeaderSize + chunkFooterSize) return undefined;
  const offset = decodeChunkFooter(await file.readAt(file.size - chunkFooterSize, chunkFooterSize));
  if (offset === undefined || offset < chunkHeaderSize || offset > file.size - chunkFooterSize) return undefined;
  const frame = decodeFrame(await file.readAt(offset, file.size - chunkFooterSize - offset));
  if (frame === undefined || frame.kind !== FrameKind.index) return undefined;
  try {
    return { ...decodeIndexFrame(frame), end: offset };
  } catch {
    return undefined;
  }
}

/**
 * Reads a whole chunk and finds the good frames behind damaged stretches too. A frame is only believed when its sequence does
 * not go back, so that bytes inside a value cannot pass for a frame. `synced` says that the whole file was synced, as every
 * chunk but the last of a manifest was: only then a footer proves anything, and holes are damage.
 */
export async function scanChunk(file: VolumeFile, { synced }: { readonly synced: boolean }): Promise<ChunkScan> {
  const bytes = await file.readAt(0, file.size);
  const frames: ScannedFrame[] = [];
  let offset = chunkHeaderSize;
  let sequence = 0;
  let sealed = false;
  let limit = 0;
  while (offset < bytes.length) {
    const frame = plausible(bytes, offset) ? decodeFrame(bytes, offset) : undefined;
    if (frame === undefined || frame.sequence < sequence || frame.kind === FrameKind.manifest) {
      offset += 1;
      continue;
    }
    const end = offset + frameSize(frame);
    if (frame.kind === FrameKind.index) {
      sealed = synced && decodeChunkFooter(bytes.subarray(end)) === offset;
      limit = offset;
      break;
    }
    sequence = frame.sequence;
    frames.push({
      offset,
      end,
      sequence,
      batch: decodeBatchFrame(frame, offset),
    });
    offset = end;
  }
  return judge(frames, synced, sealed ? limit : undefined);
}

/**
 * A hole with good frames behind it is damage when one of them knows that what stood there had been synced. Otherwise it is
 * the tail that a power loss tore, of which later writes happened to survive: those go too, as they may build on what is lost.
 */
function judge(frames: readonly ScannedFrame[], synced: boolean, indexOffset: number | undefined): ChunkScan {
  const damaged: DamagedStretch[] = [];
  const operations: PlacedOperation[] = [];
  let end = chunkHeaderSize;
  let sequence = 0;
  let count = 0;
  let known = frames.map(({ batch }) => batch.syncedSequence);
  for (let index = known.length - 2; index >= 0; index -= 1) {
    known[index] = Math.max(known[index] as number, known[index + 1] as number);
  }
  if (synced) known = known.map(() => Number.POSITIVE_INFINITY);
  for (const [index, frame] of frames.entries()) {
    if (frame.offset > end) {
      // The frame before this one is the last that is missing.
      if ((known[index] as number) < frame.sequence - 1) break;
      damaged.push({ offset: end, length: frame.offset - end });
    }
    operations.push(...frame.batch.operations);
    sequence = frame.sequence;
    end = frame.end;
    count += 1;
  }
  if (indexOffset !== undefined && end < indexOffset) damaged.push({ offset: end, length: indexOffset - end });
  return { operations, frames: count, sequence, end, damaged, sealed: indexOffset !== undefined };
}

/** Cheap look before the checksum, for the search behind a damaged stretch. */
function plausible(bytes: Uint8Array, offset: number): boolean {
  if (offset + frameHeaderSize > bytes.length) return false;
  const length =
    (bytes[offset + 4] ?? 0) +
    (bytes[offset + 5] ?? 0) * 0x100 +
    (bytes[offset + 6] ?? 0) * 0x10000 +
    (bytes[offset + 7] ?? 0) * 0x1000000;
  return (
    bytes[offset + 10] === 0 &&
    bytes[offset + 11] === 0 &&
    length <= longestPayload &&
    offset + frameHeaderSize + length <= bytes.length
  );
}

/** The value of a put, checked against its checksum. Throws STORE_CORRUPT with file and offset. */
export async function readValue(file: VolumeFile, { frame, offset, length, crc }: Place): Promise<Uint8Array> {
  if (frame > 0) return valueIn(await readPackedFrame(file, frame), file.name, { frame, offset, length, crc });
  const value = await file.readAt(offset, length);
  if (value.length === length && isChecksum(value, crc)) return value;
  throw damagedAt(file.name, offset);
}

/** What a packed frame holds. Throws STORE_CORRUPT with file and offset. */
export async function readPackedFrame(file: VolumeFile, at: number): Promise<Uint8Array> {
  const header = await file.readAt(at, frameHeaderSize);
  const length = frameLength(header);
  const frame = length === undefined ? undefined : decodeFrame(await file.readAt(at, frameHeaderSize + length));
  if (frame === undefined || frame.kind !== FrameKind.batch) throw damagedAt(file.name, at);
  return batchPayload(frame);
}

/** A value of a packed frame; the caller's own. Throws STORE_CORRUPT. */
export function valueIn(unpacked: Uint8Array, name: string, { frame, offset, length, crc }: Place): Uint8Array {
  const value = unpacked.slice(offset, offset + length);
  if (value.length === length && isChecksum(value, crc)) return value;
  throw damagedAt(name, frame);
}

function isChecksum(value: Uint8Array, crc: number): boolean {
  return (crc32(value) | 0) === (crc | 0);
}

function damagedAt(file: string, offset: number): CadenceError {
  return new CadenceError("STORE_CORRUPT", `Stored bytes are damaged: ${file} at ${offset}.`, {
    remedy: "`store verify` shows what is affected; everything else can still be read.",
    details: { file, offset },
  });
}
