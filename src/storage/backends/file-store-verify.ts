import { chunkHeaderSize, chunkName, decodeChunkHeader, isOfStore } from "../chunk/chunk-format.ts";
import { readChunkIndex, scanChunk } from "../chunk/chunk-reader.ts";
import type { Manifest } from "../chunk/manifest.ts";
import { readManifest } from "../chunk/manifest.ts";
import { contentEnd, type Volume } from "../volume/volume.ts";
import type { KeyIndex, Location } from "./key-index.ts";

export interface VerifyOptions {
  readonly onProgress?: (done: number, of: number) => void;
  readonly signal?: AbortSignal;
}

/** One thing that is wrong with the stored bytes. */
export interface StoreFault {
  readonly file: string;
  readonly offset: number;
  /** Bytes that cannot be read from there on; 0 when the fault is not a stretch of them. */
  readonly length: number;
  readonly code: "HEADER" | "FRAME" | "INDEX" | "TORN_TAIL" | "MISSING" | "MANIFEST";
  /** What cannot be read because of it: live keys as latin1 text; in words where Storage tells. */
  readonly lost: readonly string[];
}

export interface VerifyReport {
  readonly ok: boolean;
  readonly chunks: number;
  readonly frames: number;
  readonly faults: readonly StoreFault[];
}

/** Reads every byte of every chunk. `ends` says how far a chunk that is being written is whole. */
export async function verifyChunks(
  volume: Volume,
  manifest: Manifest,
  ends: ReadonlyMap<number, number>,
  index: KeyIndex,
  options: VerifyOptions,
): Promise<VerifyReport> {
  const faults: StoreFault[] = [];
  let frames = 0;
  const lostIn = (id: number, from: number, to: number): string[] =>
    index.keysIn(id).filter((key) => standsIn(index.get(key) as Location, from, to));
  if (typeof (await readManifest(volume)) !== "object")
    faults.push({ file: "manifest", offset: 0, length: 0, code: "MANIFEST", lost: [] });
  const names = new Set(await volume.list());
  for (const [done, id] of manifest.chunks.entries()) {
    options.signal?.throwIfAborted();
    options.onProgress?.(done, manifest.chunks.length);
    const file = chunkName(id);
    if (!names.has(file)) {
      faults.push({ file, offset: 0, length: 0, code: "MISSING", lost: lostIn(id, 0, Number.POSITIVE_INFINITY) });
      continue;
    }
    await using opened = await volume.openForRead(file);
    const header = decodeChunkHeader(await opened.readAt(0, chunkHeaderSize));
    if (header === undefined || !isOfStore(header, manifest))
      faults.push({ file, offset: 0, length: 0, code: "HEADER", lost: [] });
    const last = id === manifest.chunks.at(-1);
    const scan = await scanChunk(opened, { synced: !last });
    frames += scan.frames;
    for (const { offset, length } of scan.damaged)
      faults.push({ file, offset, length, code: "FRAME", lost: lostIn(id, offset, offset + length) });
    const whole = ends.get(id) ?? (scan.sealed ? 0 : contentEnd(await opened.readAt(0, opened.size), scan.end));
    if (!scan.sealed && scan.end < whole)
      faults.push({
        file,
        offset: scan.end,
        length: whole - scan.end,
        code: "TORN_TAIL",
        lost: lostIn(id, scan.end, whole),
      });
    if (!last && (!scan.sealed || (await readChunkIndex(opened)) === undefined))
      faults.push({ file, offset: scan.end, length: 0, code: "INDEX", lost: [] });
  }
  options.onProgress?.(manifest.chunks.length, manifest.chunks.length);
  return { ok: faults.length === 0, chunks: manifest.chunks.length, frames, faults };
}

/** True when a value, or the packed frame that holds it, has a byte in a stretch of the file. */
function standsIn({ frame, offset, length }: Location, from: number, to: number): boolean {
  return frame > 0 ? frame >= from && frame < to : offset < to && offset + length > from;
}
