import { constants, crc32, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { type Operation, sizeOf } from "../batch.ts";
import { ByteReader, corrupt } from "../codec/byte-reader.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import { encodeFrame, type Frame, FrameCodec, frameHeaderSize, FrameKind } from "./frame.ts";

/** Where a value stands. */
export interface Place {
  /** Of the packed frame that holds the value, in its file; 0 when the value stands in the file as it is. */
  readonly frame: number;
  /** In the file, or in what the packed frame holds. */
  readonly offset: number;
  readonly length: number;
  /** CRC-32 of the value; signed or not. In an index it is signed, which V8 keeps without an object of its own. */
  readonly crc: number;
}

/** An operation and, of a put, where its value landed. */
export interface PlacedOperation extends Place {
  readonly kind: "put" | "delete";
  /** The key as latin1 text: one character a byte, so that text order is byte order. */
  readonly key: string;
}

export const nowhere: Place = { frame: 0, offset: 0, length: 0, crc: 0 };

/** What a packed frame may hold; more is damage, or somebody who wants to fill our memory. */
const largestUnpacked = 1024 * 1024;
/** A packed frame has to be smaller by this share: a value in it costs the reading of the whole frame. */
const worthPacking = 0.8;
const packing = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };

const opcode = { put: 1, delete: 2 } as const;

/** The decoded payload of a batch frame. */
export interface PlacedBatch {
  /** Every frame up to this sequence was synced before this one was written: see docs/format/batch.md. */
  readonly syncedSequence: number;
  readonly operations: readonly PlacedOperation[];
}

/** One frame for `operations`, to stand at `offset` of its file; packed as a whole where that is wanted and pays. */
export function encodeBatchFrame(
  operations: readonly Operation[],
  sequence: number,
  syncedSequence: number,
  offset: number,
  pack = false,
): { bytes: Uint8Array; placed: PlacedOperation[] } {
  const size = operations.reduce((sum, operation) => sum + sizeOf(operation) + 24, 16);
  const writer = new ByteWriter(size);
  const placed: PlacedOperation[] = [];
  writer.varint(sequence - syncedSequence).varint(operations.length);
  for (const operation of operations) {
    writer.u8(opcode[operation.kind]).sized(operation.key);
    const key = latin1(operation.key);
    if (operation.kind === "put") {
      const crc = crc32(operation.value);
      writer.varint(operation.value.length).u32(crc);
      placed.push({
        kind: "put",
        key,
        frame: 0,
        offset: offset + frameHeaderSize + writer.length,
        length: operation.value.length,
        crc,
      });
      writer.raw(operation.value);
    } else {
      placed.push({ kind: "delete", key, ...nowhere });
    }
  }
  const packed = pack && writer.length <= largestUnpacked ? zstdCompressSync(writer.finish(), packing) : undefined;
  if (packed !== undefined && packed.length < writer.length * worthPacking) {
    const inside = offset + frameHeaderSize;
    return {
      bytes: encodeFrame({ kind: FrameKind.batch, codec: FrameCodec.zstd, sequence, payload: packed }),
      placed: placed.map((operation) =>
        operation.kind === "put" ? { ...operation, frame: offset, offset: operation.offset - inside } : operation,
      ),
    };
  }
  const bytes = encodeFrame({ kind: FrameKind.batch, codec: FrameCodec.plain, sequence, payload: writer.finish() });
  return { bytes, placed };
}

/** What a batch frame holds, unpacked. Throws STORE_CORRUPT. */
export function batchPayload({ codec, payload }: Frame): Uint8Array {
  if (codec === FrameCodec.plain) return payload;
  try {
    return zstdDecompressSync(payload, { maxOutputLength: largestUnpacked });
  } catch (cause) {
    throw corrupt("a frame cannot be unpacked", cause);
  }
}

/** The operations of a batch frame that stands at `at` of its file. Throws STORE_CORRUPT. */
export function decodeBatchFrame(batch: Frame, at: number): PlacedBatch {
  const { sequence } = batch;
  const frame = batch.codec === FrameCodec.plain ? 0 : at;
  const begin = frame === 0 ? at + frameHeaderSize : 0;
  const reader = new ByteReader(batchPayload(batch));
  const syncedSequence = sequence - reader.varint();
  const count = reader.count(2);
  const placed: PlacedOperation[] = [];
  for (let index = 0; index < count; index += 1) {
    const kind = reader.u8();
    const key = latin1(reader.sized());
    if (kind === opcode.put) {
      const length = reader.varint();
      const crc = reader.u32();
      placed.push({ kind: "put", key, frame, offset: begin + reader.offset, length, crc });
      reader.raw(length);
    } else if (kind === opcode.delete) {
      placed.push({ kind: "delete", key, ...nowhere });
    } else {
      throw corrupt("an unknown operation stands in a batch");
    }
  }
  return { syncedSequence, operations: placed };
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

export function fromLatin1(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}
