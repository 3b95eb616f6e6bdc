import { crc32 } from "node:zlib";
import type { Operation } from "../batch.ts";
import { ByteReader, corrupt } from "../codec/byte-reader.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import { encodeFrame, FrameCodec, frameHeaderSize, FrameKind } from "./frame.ts";

/** Where an operation landed: `offset` and `length` of its value in the file (puts only), CRC-32 of the value. */
export interface PlacedOperation {
  readonly kind: "put" | "delete";
  /** The key as latin1 text: one character a byte, so that text order is byte order. */
  readonly key: string;
  readonly offset: number;
  readonly length: number;
  readonly crc: number;
}

const opcode = { put: 1, delete: 2 } as const;

/** The decoded payload of a batch frame. */
export interface PlacedBatch {
  /** Every frame up to this sequence was synced before this one was written: see docs/format/batch.md. */
  readonly syncedSequence: number;
  readonly operations: readonly PlacedOperation[];
}

/** One frame for `operations`, to stand at `offset` of its file. */
export function encodeBatchFrame(
  operations: readonly Operation[],
  sequence: number,
  syncedSequence: number,
  offset: number,
): { bytes: Uint8Array; placed: PlacedOperation[] } {
  const size = operations.reduce(
    (sum, operation) => sum + operation.key.length + (operation.kind === "put" ? operation.value.length : 0) + 24,
    16,
  );
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
        offset: offset + frameHeaderSize + writer.length,
        length: operation.value.length,
        crc,
      });
      writer.raw(operation.value);
    } else {
      placed.push({ kind: "delete", key, offset: 0, length: 0, crc: 0 });
    }
  }
  const bytes = encodeFrame({ kind: FrameKind.batch, codec: FrameCodec.plain, sequence, payload: writer.finish() });
  return { bytes, placed };
}

/** The operations of a batch frame whose payload begins at `offset` of its file. Throws STORE_CORRUPT. */
export function decodeBatchPayload(payload: Uint8Array, sequence: number, offset: number): PlacedBatch {
  const reader = new ByteReader(payload);
  const syncedSequence = sequence - reader.varint();
  const count = reader.count(2);
  const placed: PlacedOperation[] = [];
  for (let index = 0; index < count; index += 1) {
    const kind = reader.u8();
    const key = latin1(reader.sized());
    if (kind === opcode.put) {
      const length = reader.varint();
      const crc = reader.u32();
      placed.push({ kind: "put", key, offset: offset + reader.offset, length, crc });
      reader.raw(length);
    } else if (kind === opcode.delete) {
      placed.push({ kind: "delete", key, offset: 0, length: 0, crc: 0 });
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
