import { CadenceError, isCadenceError } from "#core/errors.ts";
import { chunkName } from "../chunk/chunk-format.ts";
import { scanChunk } from "../chunk/chunk-reader.ts";
import { readManifest, replaceManifest } from "../chunk/manifest.ts";
import type { DiskVolume } from "../volume/disk-volume.ts";

export interface StoreCopy {
  readonly chunks: number;
  /** Of all files, those that are linked included. */
  readonly bytes: number;
  /** Bytes that had to be written, because their file still changes or cannot be linked. */
  readonly copied: number;
}

/** A chunk may be superseded while it is looked for: then the manifest names others. */
const tries = 5;
const copySize = 1 << 20;

/**
 * The store in `source` as it stands, in the empty folder `target`: chunks that never change again are linked, the one that is being
 * written is copied up to its last whole frame. Another process may be writing meanwhile. Everything is durable when it resolves, but the
 * name of `target` itself. Throws STORE_NOT_FOUND, STORE_CORRUPT, STORE_*.
 */
export async function copyStore(source: DiskVolume, target: DiskVolume, signal?: AbortSignal): Promise<StoreCopy> {
  for (let left = tries; ; left -= 1) {
    try {
      return await copyOnce(source, target, signal);
    } catch (error) {
      for (const name of await target.list()) await target.remove(name);
      if (left <= 1 || !isCadenceError(error, "STORE_NOT_FOUND") || (await readManifest(source)) === "none")
        throw error;
    }
  }
}

async function copyOnce(source: DiskVolume, target: DiskVolume, signal?: AbortSignal): Promise<StoreCopy> {
  const manifest = await readManifest(source);
  if (typeof manifest !== "object") {
    throw manifest === "none"
      ? new CadenceError("STORE_NOT_FOUND", `There is no store in ${source.directory}.`)
      : new CadenceError("STORE_CORRUPT", `The manifest in ${source.directory} is damaged.`, {
          remedy: "Open the store once for writing: it is made again from the chunks.",
          details: { file: "manifest", offset: 0 },
        });
  }
  let bytes = 0;
  let copied = 0;
  const open = manifest.chunks.at(-1);
  for (const id of manifest.chunks) {
    signal?.throwIfAborted();
    const name = chunkName(id);
    if (id !== open && (await source.linkInto(target, name))) {
      await using file = await target.openForRead(name);
      bytes += file.size;
    } else {
      const size = await copyChunk(source, target, name, id === open);
      bytes += size;
      copied += size;
    }
  }
  await replaceManifest(target, manifest);
  return { chunks: manifest.chunks.length, bytes, copied };
}

async function copyChunk(source: DiskVolume, target: DiskVolume, name: string, isOpen: boolean): Promise<number> {
  await using from = await source.openForRead(name);
  await using to = await target.create(name);
  for (let offset = 0; offset < from.size;) {
    const part = await from.readAt(offset, Math.min(copySize, from.size - offset));
    if (part.length === 0) break;
    await to.append(part);
    offset += part.length;
  }
  // A frame that is being written is not part of the copy.
  if (isOpen) {
    const { end } = await scanChunk(to, { synced: false });
    if (end < to.size) await to.truncate(end);
  }
  await to.sync();
  return to.size;
}
