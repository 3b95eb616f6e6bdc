import { createHash } from "node:crypto";
import type { Clock } from "#core/clock.ts";
import { CadenceError } from "#core/errors.ts";
import { Mutex } from "#core/mutex.ts";
import { Collection } from "./collection.ts";
import type { Store } from "./store.ts";
import type { Volume } from "./volume/volume.ts";

/** What is known of a blob without reading it. */
export interface BlobInfo {
  readonly name: string;
  readonly bytes: number;
  /** A media type, `application/pdf`. */
  readonly format: string;
  /** ms since 1970. */
  readonly created: number;
  readonly modified: number;
  /** SHA-256 of the content, in hexadecimal; the content's name on the disk. */
  readonly checksum: string;
}

export interface BlobStoreOptions {
  /** For the contents; nothing else stands there. */
  readonly volume: Volume;
  /** For names and what is known of them. */
  readonly store: Store;
  readonly clock: Clock;
  /** Bytes of a blob at the most. @default 1 GiB */
  readonly largest?: number;
}

const contentPrefix = "blob-";
const unfinishedPrefix = "unfinished-";
const readAtOnce = 256 * 1024;

/**
 * Large contents under names. Contents are kept under their own checksum, so the same one is kept once, however many names it has; it is there before its name
 * is, and goes when the last name went and somebody collects.
 */
export class BlobStore {
  readonly #volume: Volume;
  readonly #names: Collection<Omit<BlobInfo, "name">>;
  readonly #clock: Clock;
  readonly #largest: number;
  /** Contents come and go one after the other, so that nothing is collected before it has its name. */
  readonly #changing = new Mutex();
  #unfinished = 0;

  constructor({ volume, store, clock, largest = 1024 ** 3 }: BlobStoreOptions) {
    this.#volume = volume;
    this.#names = new Collection(store, { name: "blobs", version: 1 });
    this.#clock = clock;
    this.#largest = largest;
  }

  /** Streams a content to the disk; it has its name when all of it is durable. Throws STORE_VALUE_INVALID when it is too large, STORE_FULL, STORE_IO. */
  put(
    name: string,
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    { format }: { readonly format: string },
  ): Promise<BlobInfo> {
    return this.#changing.run(async () => {
      const { checksum, bytes } = await this.#write(content);
      const now = this.#clock.now();
      const before = await this.#names.get(name);
      const info = { bytes, format, created: before?.created ?? now, modified: now, checksum };
      await this.#names.put(name, info);
      return { name, ...info };
    });
  }

  async info(name: string): Promise<BlobInfo | undefined> {
    const info = await this.#names.get(name);
    return info === undefined ? undefined : { name, ...info };
  }

  async *list(): AsyncGenerator<BlobInfo> {
    for await (const [name, info] of this.#names.entries()) yield { name, ...info };
  }

  /** The content, a part at a time, checked as it is read: throws STORE_CORRUPT at the end when it is not what was put, STORE_NOT_FOUND for an unknown name. */
  async *read(name: string): AsyncGenerator<Uint8Array> {
    const info = await this.info(name);
    if (info === undefined) throw new CadenceError("STORE_NOT_FOUND", `There is no blob “${name}”.`);
    await using file = await this.#volume.openForRead(contentPrefix + info.checksum);
    const hash = createHash("sha256");
    for (let offset = 0; offset < info.bytes;) {
      const part = await file.readAt(offset, Math.min(readAtOnce, info.bytes - offset));
      if (part.length === 0) break;
      hash.update(part);
      offset += part.length;
      yield part;
    }
    if (hash.digest("hex") === info.checksum) return;
    throw new CadenceError("STORE_CORRUPT", `The content of “${name}” is damaged.`, {
      remedy: "Put it again, or restore a backup.",
      details: { file: file.name },
    });
  }

  /** The name goes; its content when somebody collects. */
  delete(name: string): Promise<void> {
    return this.#names.delete(name);
  }

  /** Removes contents without a name, and what was cut off while it was written. Resolves with the number of files that went. */
  collect(): Promise<number> {
    return this.#changing.run(async () => {
      const used = new Set<string>();
      for await (const { checksum } of this.list()) used.add(contentPrefix + checksum);
      let removed = 0;
      for (const file of await this.#volume.list()) {
        const ours = file.startsWith(contentPrefix) || file.startsWith(unfinishedPrefix);
        if (!ours || used.has(file)) continue;
        await this.#volume.remove(file);
        removed += 1;
      }
      await this.#volume.syncDirectory();
      return removed;
    });
  }

  async #write(
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<{ checksum: string; bytes: number }> {
    const files = new Set(await this.#volume.list());
    let temporary: string;
    do temporary = unfinishedPrefix + (this.#unfinished += 1);
    while (files.has(temporary));
    const hash = createHash("sha256");
    let bytes = 0;
    try {
      {
        await using file = await this.#volume.create(temporary);
        for await (const part of content) {
          bytes += part.length;
          if (bytes > this.#largest)
            throw new CadenceError("STORE_VALUE_INVALID", `A blob has at most ${this.#largest} bytes.`);
          hash.update(part);
          await file.append(part);
        }
        await file.sync();
      }
      const checksum = hash.digest("hex");
      if (files.has(contentPrefix + checksum)) await this.#volume.remove(temporary);
      else await this.#volume.rename(temporary, contentPrefix + checksum);
      await this.#volume.syncDirectory();
      return { checksum, bytes };
    } catch (error) {
      // What is left of it goes when somebody collects.
      await this.#volume.remove(temporary).catch(() => undefined);
      throw error;
    }
  }
}
