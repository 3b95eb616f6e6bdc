import { crc32 } from "node:zlib";

/** The fixed beginning and end of a chunk: see docs/format/chunk.md. */
export interface ChunkHeader {
  /** 16 random bytes, the same in every file of a store. */
  readonly storeId: Uint8Array;
  readonly chunkId: number;
  /** A log is written batch by batch; a bulk chunk is one batch and means nothing until it is sealed. */
  readonly purpose: "log" | "bulk";
}

export const chunkHeaderSize = 32;
export const chunkFooterSize = 24;
/** Of what is written now; everything from 1 on is read. See docs/format/README.md. */
export const formatVersion = 2;

const magic = [0x4d, 0x43, 0x43, 0x48] as const; // MCCH
const footerMagic = [0x4d, 0x43, 0x46, 0x54] as const; // MCFT

export function encodeChunkHeader({ storeId, chunkId, purpose }: ChunkHeader): Uint8Array {
  const bytes = new Uint8Array(chunkHeaderSize);
  const view = new DataView(bytes.buffer);
  bytes.set(magic);
  view.setUint16(4, formatVersion, true);
  view.setUint8(6, purpose === "log" ? 1 : 2);
  view.setUint32(8, chunkId, true);
  bytes.set(storeId, 12);
  view.setUint32(28, crc32(bytes.subarray(0, 28)), true);
  return bytes;
}

/** Undefined when these bytes are no header of ours. */
export function decodeChunkHeader(bytes: Uint8Array): (ChunkHeader & { readonly version: number }) | undefined {
  if (bytes.length < chunkHeaderSize || magic.some((byte, index) => bytes[index] !== byte)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (crc32(bytes.subarray(0, 28)) !== view.getUint32(28, true)) return undefined;
  const purpose = view.getUint8(6) === 1 ? "log" : "bulk";
  return { version: view.getUint16(4, true), purpose, chunkId: view.getUint32(8, true), storeId: bytes.slice(12, 28) };
}

/** False for a chunk, or with a manifest, of another store. */
export function isOfStore(header: ChunkHeader, { storeId }: Pick<ChunkHeader, "storeId">): boolean {
  return Buffer.compare(header.storeId, storeId) === 0;
}

/** Where the index frame of a sealed chunk begins. */
export function encodeChunkFooter(indexOffset: number): Uint8Array {
  const bytes = new Uint8Array(chunkFooterSize);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, indexOffset % 2 ** 32, true);
  view.setUint32(4, Math.floor(indexOffset / 2 ** 32), true);
  view.setUint32(16, crc32(bytes.subarray(0, 16)), true);
  bytes.set(footerMagic, 20);
  return bytes;
}

/** The offset of the index frame; undefined when the chunk has no undamaged footer. */
export function decodeChunkFooter(bytes: Uint8Array): number | undefined {
  if (bytes.length !== chunkFooterSize || footerMagic.some((byte, index) => bytes[20 + index] !== byte))
    return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (crc32(bytes.subarray(0, 16)) !== view.getUint32(16, true)) return undefined;
  return view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true);
}

export function chunkName(chunkId: number): string {
  return `chunk-${chunkId.toString().padStart(8, "0")}`;
}

/** The id in a chunk's file name; undefined for every other file. */
export function chunkIdOf(name: string): number | undefined {
  const match = /^chunk-(\d{8,10})$/.exec(name);
  return match === null ? undefined : Number(match[1]);
}
