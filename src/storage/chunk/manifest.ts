import { CadenceError } from "#core/errors.ts";
import { ByteReader } from "../codec/byte-reader.ts";
import { ByteWriter } from "../codec/byte-writer.ts";
import { readWhole, type Volume } from "../volume/volume.ts";
import { formatVersion } from "./chunk-format.ts";
import { decodeFrame, encodeFrame, FrameCodec, FrameKind } from "./frame.ts";

/** The only mutable fact of a store: see docs/format/manifest.md. */
export interface Manifest {
  /** Format of the store. */
  readonly version: number;
  readonly storeId: Uint8Array;
  /** Grows with every replacement. */
  readonly generation: number;
  /** Live chunks, oldest operations first; everything in one precedes everything in the next. */
  readonly chunks: readonly number[];
  readonly nextChunkId: number;
  /** No frame in the store has this sequence or a higher one, but for those in the last chunk. */
  readonly nextSequence: number;
}

export const manifestName = "manifest";
const newManifestName = "manifest.new";

export function encodeManifest(manifest: Manifest): Uint8Array {
  const writer = new ByteWriter(64 + manifest.chunks.length * 3);
  writer.u16(manifest.version).raw(manifest.storeId).varint(manifest.nextChunkId).varint(manifest.nextSequence);
  writer.varint(manifest.chunks.length);
  for (const chunk of manifest.chunks) writer.varint(chunk);
  return encodeFrame({
    kind: FrameKind.manifest,
    codec: FrameCodec.plain,
    sequence: manifest.generation,
    payload: writer.finish(),
  });
}

/** Undefined when the bytes are damaged. Throws STORE_NEWER_FORMAT. */
export function decodeManifest(bytes: Uint8Array): Manifest | undefined {
  const frame = decodeFrame(bytes);
  if (frame === undefined || frame.kind !== FrameKind.manifest) return undefined;
  const reader = new ByteReader(frame.payload);
  const version = reader.u16();
  if (version > formatVersion) {
    throw new CadenceError(
      "STORE_NEWER_FORMAT",
      `The store has format ${version}; this version knows up to ${formatVersion}.`,
      {
        remedy: "Update Modbus Cadence, or name another folder. Nothing was changed.",
        details: { version },
      },
    );
  }
  const storeId = reader.raw(16).slice();
  const nextChunkId = reader.varint();
  const nextSequence = reader.varint();
  const count = reader.count();
  const chunks = Array.from({ length: count }, () => reader.varint());
  return { version, storeId, generation: frame.sequence, chunks, nextChunkId, nextSequence };
}

/** "none" when there is no manifest, "damaged" when it cannot be read. */
export async function readManifest(volume: Volume): Promise<Manifest | "none" | "damaged"> {
  if (!(await volume.list()).includes(manifestName)) return "none";
  return decodeManifest(await readWhole(volume, manifestName)) ?? "damaged";
}

/** Replaces the manifest: at every instant, and after power loss, the old or the new one is there, whole. */
export async function replaceManifest(volume: Volume, manifest: Manifest): Promise<void> {
  if ((await volume.list()).includes(newManifestName)) await volume.remove(newManifestName);
  {
    await using file = await volume.create(newManifestName);
    await file.append(encodeManifest(manifest));
    await file.sync();
  }
  await volume.rename(newManifestName, manifestName);
  await volume.syncDirectory();
}
