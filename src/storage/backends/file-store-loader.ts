import { CadenceError, isCadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import {
  chunkHeaderSize,
  chunkIdOf,
  chunkName,
  decodeChunkHeader,
  isOfStore,
  formatVersion,
  type ChunkHeader,
} from "../chunk/chunk-format.ts";
import { type ChunkScan, readChunkIndex, scanChunk } from "../chunk/chunk-reader.ts";
import { ChunkWriter } from "../chunk/chunk-writer.ts";
import { type Manifest, manifestName, readManifest, replaceManifest } from "../chunk/manifest.ts";
import { contentEnd, type Volume, type VolumeFile } from "../volume/volume.ts";
import { ChunkSet } from "./chunk-set.ts";

/** What opening a store found and did. */
export interface RecoveryReport {
  /** Stretches that cannot be read, with readable frames behind them. A copy was put aside. */
  readonly damaged: readonly { readonly file: string; readonly offset: number; readonly length: number }[];
  /** Bytes of a write that a crash cut short, and that were never acknowledged as durable; cut off. */
  readonly tornBytes: number;
  /** Chunks of the manifest that are not there. */
  readonly missing: readonly string[];
  /** The manifest was lost or damaged and was made again from the chunks. */
  readonly manifestRebuilt: boolean;
}

export interface LoadedChunks {
  readonly manifest: Manifest;
  readonly set: ChunkSet;
  readonly writer: ChunkWriter | undefined;
  readonly sequence: number;
  readonly report: RecoveryReport;
}

export interface LoadOptions {
  readonly readOnly: boolean;
  readonly newStoreId: () => Uint8Array;
  readonly beforeMigration: (version: number) => Promise<void>;
}

/** A reader beside a writing daemon may find a chunk gone; the manifest has then been replaced. */
const readOnlyTries = 5;

/** Opens every chunk of the manifest in order. Only with `readOnly: false` anything is changed. */
export async function loadChunks(volume: Volume, logger: Logger, options: LoadOptions): Promise<LoadedChunks> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await new Loader(volume, logger, options).load();
    } catch (error) {
      if (!options.readOnly || attempt >= readOnlyTries || !isCadenceError(error, "STORE_NOT_FOUND")) throw error;
      if ((await readManifest(volume)) === "none") throw error;
    }
  }
}

/** A cold disk answers many questions at once as fast as one. */
const openedAtOnce = 32;

interface OpenedChunk {
  readonly id: number;
  readonly file: VolumeFile;
  readonly last: boolean;
  readonly header: ChunkHeader | undefined;
  /** Undefined when the whole chunk has to be read. */
  readonly index: Awaited<ReturnType<typeof readChunkIndex>>;
}

class Loader {
  readonly #volume: Volume;
  readonly #logger: Logger;
  readonly #options: LoadOptions;
  readonly #set = new ChunkSet();
  readonly #damaged: { file: string; offset: number; length: number }[] = [];
  readonly #missing: string[] = [];
  readonly #opened: VolumeFile[] = [];
  #tornBytes = 0;
  #sequence = 0;
  #writer: ChunkWriter | undefined;

  constructor(volume: Volume, logger: Logger, options: LoadOptions) {
    this.#volume = volume;
    this.#logger = logger;
    this.#options = options;
  }

  async load(): Promise<LoadedChunks> {
    try {
      return await this.#load();
    } catch (error) {
      await Promise.allSettled(this.#opened.map((file) => file.close()));
      throw error;
    }
  }

  async #load(): Promise<LoadedChunks> {
    const found = await readManifest(this.#volume);
    const manifestRebuilt = found === "damaged" || (found === "none" && (await this.#chunkIds()).length > 0);
    const read = typeof found === "object" ? found : await this.#makeManifest(manifestRebuilt);
    const older = read.version < formatVersion;
    if (older && !this.#options.readOnly) await this.#options.beforeMigration(read.version);
    // What an older format wrote is read as it is, so the new number is all that changes at once.
    const manifest = this.#options.readOnly
      ? read
      : { ...read, version: formatVersion, generation: read.generation + (older ? 1 : 0) };
    this.#sequence = manifest.nextSequence - 1;
    for (let begin = 0; begin < manifest.chunks.length; begin += openedAtOnce) {
      const ids = manifest.chunks.slice(begin, begin + openedAtOnce);
      const opening = ids.map((id) => this.#open(id, id === manifest.chunks.at(-1)));
      // All are waited for, so that none is opened after the store was given up.
      await Promise.allSettled(opening);
      for (const chunk of await Promise.all(opening)) if (chunk !== undefined) await this.#enter(manifest, chunk);
    }
    if (!this.#options.readOnly) {
      if (manifestRebuilt || older || found === "none") await replaceManifest(this.#volume, manifest);
      await this.#removeLeftovers(manifest);
    }
    const report: RecoveryReport = {
      damaged: this.#damaged,
      tornBytes: this.#tornBytes,
      missing: this.#missing,
      manifestRebuilt,
    };
    return { manifest, set: this.#set, writer: this.#writer, sequence: this.#sequence, report };
  }

  async #chunkIds(): Promise<number[]> {
    const ids = (await this.#volume.list()).map(chunkIdOf).filter((id) => id !== undefined);
    return ids.toSorted((a, b) => a - b);
  }

  /** A new store, or one whose manifest was lost: then every log, and every bulk chunk that was finished, counts. */
  async #makeManifest(rebuild: boolean): Promise<Manifest> {
    if (!rebuild) {
      if (this.#options.readOnly) {
        throw new CadenceError("STORE_NOT_FOUND", `There is no store in ${this.#volume.directory}.`, {
          remedy: "Name its folder with --store, or start the daemon to make one.",
        });
      }
      return {
        version: formatVersion,
        storeId: this.#options.newStoreId(),
        generation: 1,
        chunks: [],
        nextChunkId: 1,
        nextSequence: 1,
      };
    }
    const chunks: number[] = [];
    let storeId: Uint8Array | undefined;
    for (const id of await this.#chunkIds()) {
      await using file = await this.#volume.openForRead(chunkName(id));
      const header = decodeChunkHeader(await file.readAt(0, chunkHeaderSize));
      if (header === undefined || (header.purpose === "bulk" && (await readChunkIndex(file)) === undefined)) continue;
      storeId ??= header.storeId;
      if (isOfStore(header, { storeId })) chunks.push(id);
    }
    this.#logger.error("The manifest was lost; it is made again from the chunks", { chunks: chunks.length });
    return {
      version: formatVersion,
      storeId: storeId ?? this.#options.newStoreId(),
      generation: 1,
      chunks,
      nextChunkId: (await this.#chunkIds()).reduce((highest, id) => Math.max(highest, id), 0) + 1,
      nextSequence: 1,
    };
  }

  async #open(id: number, last: boolean): Promise<OpenedChunk | undefined> {
    const file = await this.#openChunk(chunkName(id));
    if (file === undefined) return undefined;
    const header = decodeChunkHeader(await file.readAt(0, chunkHeaderSize));
    // The last chunk may have been sealed but not synced when the power went: its footer proves nothing.
    return { id, file, last, header, index: last ? undefined : await readChunkIndex(file) };
  }

  async #enter(manifest: Manifest, { id, file, last, header, index }: OpenedChunk): Promise<void> {
    const { name } = file;
    if (header === undefined || !isOfStore(header, manifest)) {
      this.#damaged.push({ file: name, offset: 0, length: chunkHeaderSize });
      this.#logger.error("A chunk does not begin as one of this store; what can be read of it is read", { file: name });
    }
    const scan = index === undefined ? await scanChunk(file, { synced: !last }) : undefined;
    const { operations, sequence } = index ?? scan ?? { operations: [], sequence: 0 };
    this.#set.enter({ id, file, purpose: header?.purpose ?? "log", sealed: !last }, operations);
    this.#set.apply(id, operations);
    this.#sequence = Math.max(this.#sequence, sequence);
    if (scan !== undefined) await this.#settleTail(file, scan, id, last);
  }

  async #openChunk(name: string): Promise<VolumeFile | undefined> {
    try {
      const { readOnly } = this.#options;
      const file = await (readOnly ? this.#volume.openForRead(name) : this.#volume.openForAppend(name));
      this.#opened.push(file);
      return file;
    } catch (error) {
      if (!isCadenceError(error, "STORE_NOT_FOUND") || this.#options.readOnly) throw error;
      this.#missing.push(name);
      this.#logger.error("A chunk is missing; everything else is read", { file: name });
      return undefined;
    }
  }

  /** Damage is put aside as a copy; a torn tail is cut off before anything can be written behind it. */
  async #settleTail(file: VolumeFile, scan: ChunkScan, id: number, last: boolean): Promise<void> {
    for (const { offset, length } of scan.damaged) {
      this.#damaged.push({ file: file.name, offset, length });
      this.#logger.error("Stored bytes are damaged; everything else in the file was read", {
        file: file.name,
        offset,
        length,
      });
      if (!this.#options.readOnly) await quarantine(this.#volume, file.name, offset, length);
    }
    if (scan.sealed) return;
    const tail = await file.readAt(scan.end, file.size - scan.end);
    // Zeros are room that was reserved, and not used.
    const torn = contentEnd(tail, 0);
    this.#tornBytes += torn;
    if (this.#options.readOnly || !last) return;
    if (torn > 0) {
      this.#logger.warn(
        "The last write was cut short, by a crash or a loss of power; its incomplete bytes are cut off",
        { file: file.name, bytes: torn },
      );
    }
    if (tail.length > 0) await file.truncate(scan.end);
    await file.sync();
    this.#writer = ChunkWriter.resume(id, file, scan.end, scan.sequence, scan.operations);
  }

  /** Chunks of ours that the manifest does not list were never finished or are superseded. Foreign files are left alone. */
  async #removeLeftovers(manifest: Manifest): Promise<void> {
    const listed = new Set(manifest.chunks.map(chunkName));
    for (const name of await this.#volume.list()) {
      if (chunkIdOf(name) === undefined || listed.has(name) || name === manifestName) continue;
      const header = await this.#headerOf(name);
      if (header !== undefined && !isOfStore(header, manifest)) continue;
      this.#logger.info("An unfinished or superseded chunk is removed", { file: name });
      await this.#volume.remove(name);
    }
  }

  async #headerOf(name: string): Promise<ChunkHeader | undefined> {
    await using file = await this.#volume.openForRead(name);
    return decodeChunkHeader(await file.readAt(0, chunkHeaderSize));
  }
}

/** Damaged bytes are copied aside before their chunk can go. */
export async function quarantine(volume: Volume, chunk: string, offset: number, length: number): Promise<void> {
  const name = `damaged-${chunk}-${offset}`;
  if ((await volume.list()).includes(name)) return;
  await using file = await volume.openForRead(chunk);
  await using copy = await volume.create(name);
  await copy.append(await file.readAt(offset, length));
  await copy.sync();
  await volume.syncDirectory();
}
