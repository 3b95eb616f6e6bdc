import { crc32 } from "node:zlib";

/** What a frame holds. Numbers are on disk: never reused. */
export const FrameKind = { batch: 1, index: 2, manifest: 3 } as const;
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

/** How a payload is wrapped. Numbers are on disk. */
export const FrameCodec = { plain: 0, zstd: 1 } as const;
export type FrameCodec = (typeof FrameCodec)[keyof typeof FrameCodec];

/** The only way bytes are laid down: see docs/format/frame.md. */
export interface Frame {
  readonly kind: FrameKind;
  readonly codec: FrameCodec;
  /** Grows by at least one from batch to batch over the whole life of a store. */
  readonly sequence: number;
  readonly payload: Uint8Array;
}

export const frameHeaderSize = 20;
/** A declared length above this is damage, not a frame. */
export const longestPayload: number = 128 * 1024 * 1024;

/** Header and payload in one array. */
export function encodeFrame({ kind, codec, sequence, payload }: Frame): Uint8Array {
  const bytes = new Uint8Array(frameHeaderSize + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(4, payload.length, true);
  view.setUint8(8, kind);
  view.setUint8(9, codec);
  view.setUint32(12, sequence % 2 ** 32, true);
  view.setUint32(16, Math.floor(sequence / 2 ** 32), true);
  bytes.set(payload, frameHeaderSize);
  view.setUint32(0, crc32(bytes.subarray(4)), true);
  return bytes;
}

/** The frame that begins at `offset`, or undefined when no whole, undamaged frame stands there. The payload is a view. */
export function decodeFrame(bytes: Uint8Array, offset = 0): Frame | undefined {
  if (offset + frameHeaderSize > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset);
  const length = view.getUint32(4, true);
  const kind = view.getUint8(8);
  const codec = view.getUint8(9);
  if (length > longestPayload || offset + frameHeaderSize + length > bytes.length) return undefined;
  if (kind < FrameKind.batch || kind > FrameKind.manifest || codec > FrameCodec.zstd) return undefined;
  if (crc32(bytes.subarray(offset + 4, offset + frameHeaderSize + length)) !== view.getUint32(0, true))
    return undefined;
  const sequence = view.getUint32(16, true) * 2 ** 32 + view.getUint32(12, true);
  const payload = bytes.subarray(offset + frameHeaderSize, offset + frameHeaderSize + length);
  return { kind: kind as FrameKind, codec: codec as FrameCodec, sequence, payload };
}

/** The declared length of the payload behind a header; undefined when it is too short, or cannot be. */
export function frameLength(header: Uint8Array): number | undefined {
  if (header.length < frameHeaderSize) return undefined;
  const length = new DataView(header.buffer, header.byteOffset).getUint32(4, true);
  return length > longestPayload ? undefined : length;
}

/** Bytes of a frame on disk. */
export function frameSize(frame: Frame): number {
  return frameHeaderSize + frame.payload.length;
}
