import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { ByteReader, corrupt } from "../codec/byte-reader.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import { fromLatin1, latin1, nowhere, type PlacedOperation } from "./batch-frame.ts";
import { encodeFrame, type Frame, FrameCodec, FrameKind } from "./frame.ts";

/** The largest index that is read: bounds what a damaged or hostile file can make us allocate. */
const largestIndex = 32 * 1024 * 1024;

/** What a sealed chunk says of itself, so that opening need not read it. */
export interface ChunkIndex {
  /** The last sequence in the chunk. */
  readonly sequence: number;
  readonly operations: readonly PlacedOperation[];
}

/** What an entry is about; on disk. */
const Entry = { put: 1, delete: 2, packedPut: 3 } as const;

interface IndexEnd {
  readonly count: number;
  readonly bytes: number;
  readonly key: string;
}

/**
 * The index of a chunk that is written, as the bytes that it becomes: a log stays open for days, and as objects its operations would be most of what a
 * small home's daemon holds. Keys share their beginnings with the one before.
 */
export class ChunkIndexWriter {
  readonly #entries = new ByteWriter();
  #count = 0;
  #key = "";
  /** Before what was added last. */
  #before: IndexEnd = { count: 0, bytes: 0, key: "" };

  add(operations: Iterable<PlacedOperation>): void {
    this.#before = { count: this.#count, bytes: this.#entries.length, key: this.#key };
    for (const operation of operations) this.#write(operation);
  }

  /** Takes back what was added last. */
  takeBack(): void {
    const { count, bytes, key } = this.#before;
    this.#entries.cut(bytes);
    this.#count = count;
    this.#key = key;
  }

  /** `sequence`: the last in the chunk. */
  frame(sequence: number): Uint8Array {
    const count = new ByteWriter(8).varint(this.#count).finish();
    const payload = zstdCompressSync(Buffer.concat([count, this.#entries.finish()]));
    return encodeFrame({ kind: FrameKind.index, codec: FrameCodec.zstd, sequence, payload });
  }

  #write({ kind, key, frame, offset, length, crc }: PlacedOperation): void {
    const shared = sharedLength(this.#key, key);
    this.#entries
      .u8(kind === "delete" ? Entry.delete : frame === 0 ? Entry.put : Entry.packedPut)
      .varint(shared)
      .sized(fromLatin1(key.slice(shared)));
    if (frame > 0) this.#entries.varint(frame);
    if (kind === "put") this.#entries.varint(offset).varint(length).u32(crc);
    this.#key = key;
    this.#count += 1;
  }
}

/** Throws STORE_CORRUPT. */
export function decodeIndexFrame(frame: Frame): ChunkIndex {
  let payload: Uint8Array;
  try {
    payload =
      frame.codec === FrameCodec.zstd
        ? zstdDecompressSync(frame.payload, { maxOutputLength: largestIndex })
        : frame.payload;
  } catch (cause) {
    throw corrupt("an index cannot be unpacked", cause);
  }
  const reader = new ByteReader(payload);
  const count = reader.count(3);
  const operations: PlacedOperation[] = [];
  let previous = "";
  for (let item = 0; item < count; item += 1) {
    const entry = reader.u8();
    const shared = reader.varint();
    if (shared > previous.length) throw corrupt("an index shares more than there is");
    const key = previous.slice(0, shared) + latin1(reader.sized());
    if (entry === Entry.delete) {
      operations.push({ kind: "delete", key, ...nowhere });
    } else {
      const frame = entry === Entry.packedPut ? reader.varint() : 0;
      operations.push({
        kind: "put",
        key,
        frame,
        offset: reader.varint(),
        length: reader.varint(),
        crc: reader.u32(),
      });
    }
    previous = key;
  }
  return { sequence: frame.sequence, operations };
}

function sharedLength(a: string, b: string): number {
  const limit = Math.min(a.length, b.length);
  let length = 0;
  while (length < limit && a.charCodeAt(length) === b.charCodeAt(length)) length += 1;
  return length;
}
