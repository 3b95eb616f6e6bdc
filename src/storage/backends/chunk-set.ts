import type { PlacedOperation } from "../chunk/batch-frame.ts";
import type { ChunkHeader } from "../chunk/chunk-format.ts";
import type { VolumeFile } from "../volume/volume.ts";
import { KeyIndex, type Location } from "./key-index.ts";
import { KeysByChunk } from "./keys-by-chunk.ts";

/** A chunk of the manifest with what is live in it. */
export interface ChunkState {
  readonly id: number;
  readonly file: VolumeFile;
  readonly purpose: ChunkHeader["purpose"];
  sealed: boolean;
  /** Keys and values of live entries, in bytes on disk; an entry counts some bytes of its own. */
  liveBytes: number;
  /** What an entry of a packed frame takes on disk, as a share of its size. */
  packedShare: number;
}

const entryOverhead = 16;

/**
 * The chunks of a store, oldest first, with everything that follows from their operations: the live keys, where dead puts
 * still stand, and which deletions are still needed to keep those dead.
 */
export class ChunkSet {
  readonly index: KeyIndex = new KeyIndex();
  readonly chunks: Map<number, ChunkState> = new Map();
  /** Chunks that hold a put of a key which is not its live value; most often one, and then no list is made: there are tens of thousands. */
  readonly #dead = new Map<string, number | readonly number[]>();
  readonly #deadIn = new KeysByChunk();
  /** The chunk of the newest deletion of a key that has dead puts and no live value. */
  readonly #tombstones = new Map<string, number>();
  readonly #tombstonesIn = new KeysByChunk();

  /** A chunk that is not listed yet; the entries that stand in it are put afterwards. */
  enter(chunk: Pick<ChunkState, "id" | "file" | "purpose" | "sealed">, operations: readonly PlacedOperation[]): void {
    let plain = 0;
    let packed = 0;
    for (const { key, length, frame } of operations) {
      if (frame === 0) plain += sizeOf(key, length);
      else packed += sizeOf(key, length);
    }
    const packedShare = packed === 0 ? 1 : Math.min(1, Math.max(0, chunk.file.size - plain) / packed);
    this.chunks.set(chunk.id, { ...chunk, liveBytes: 0, packedShare });
  }

  apply(chunk: number, operations: readonly PlacedOperation[]): void {
    for (const operation of operations) {
      if (operation.kind === "put") this.put(operation.key, locationOf(chunk, operation));
      else this.delete(operation.key, chunk);
    }
  }

  put(key: string, location: Location): void {
    const before = this.index.set(key, location);
    this.#bury(key, undefined);
    this.#account(key, location, 1);
    if (before === undefined) return;
    this.#account(key, before, -1);
    if (before.chunk !== location.chunk) this.markDead(key, before.chunk);
  }

  delete(key: string, chunk: number): void {
    const before = this.index.delete(key);
    if (before !== undefined) {
      this.#account(key, before, -1);
      this.markDead(key, before.chunk);
    }
    if (this.#dead.has(key)) this.#bury(key, chunk);
  }

  /** True when some chunk but those of `retiring` holds a dead put of the key: its deletion must stay written down. */
  needsTombstone(key: string, retiring: ReadonlySet<number>): boolean {
    return this.#deadChunks(key).some((chunk) => !retiring.has(chunk));
  }

  /** Deletions that stand in retiring chunks and are still needed. */
  *tombstonesIn(retiring: ReadonlySet<number>): Iterable<string> {
    for (const chunk of retiring)
      for (const key of this.#tombstonesIn.of(chunk)) if (this.needsTombstone(key, retiring)) yield key;
  }

  /** Live entries that stand in the given chunks. */
  *liveIn(chunks: ReadonlySet<number>): Iterable<[string, Location]> {
    for (const chunk of chunks)
      for (const key of this.index.keysIn(chunk)) yield [key, this.index.get(key) as Location];
  }

  /** The chunks are gone: nothing of them can come back. */
  retire(retired: ReadonlySet<number>): void {
    for (const chunk of retired) {
      this.chunks.delete(chunk);
      for (const key of this.#deadIn.of(chunk)) {
        this.#deadIn.delete(chunk, key);
        const left = this.#deadChunks(key).filter((each) => each !== chunk);
        this.#setDead(key, left);
        if (left.length === 0) this.#bury(key, undefined);
      }
    }
  }

  /** Closes every file, also behind one that cannot be closed; throws what the first of those threw. */
  async close(): Promise<void> {
    const closed = await Promise.allSettled([...this.chunks.values()].map(({ file }) => file.close()));
    for (const each of closed) if (each.status === "rejected") throw each.reason;
  }

  get liveBytes(): number {
    return [...this.chunks.values()].reduce((sum, { liveBytes }) => sum + liveBytes, 0);
  }

  get bytes(): number {
    return [...this.chunks.values()].reduce((sum, { file }) => sum + file.size, 0);
  }

  /** A newer deletion than anything in `chunk`. */
  deletedAfter(key: string, chunk: number): boolean {
    return (this.#tombstones.get(key) ?? -1) > chunk;
  }

  /** A put of the key stands in the chunk, and is not its value. */
  markDead(key: string, chunk: number): void {
    const chunks = this.#deadChunks(key);
    if (chunks.includes(chunk)) return;
    this.#setDead(key, [...chunks, chunk]);
    this.#deadIn.add(chunk, key);
  }

  #deadChunks(key: string): readonly number[] {
    const chunks = this.#dead.get(key);
    return chunks === undefined ? [] : typeof chunks === "number" ? [chunks] : chunks;
  }

  #setDead(key: string, chunks: readonly number[]): void {
    const [first] = chunks;
    if (first === undefined) this.#dead.delete(key);
    else this.#dead.set(key, chunks.length === 1 ? first : chunks);
  }

  /** What an entry takes of its chunk, in bytes. */
  bytesOf(key: string, { chunk, frame, length }: Location): number {
    return sizeOf(key, length) * (frame === 0 ? 1 : (this.chunks.get(chunk)?.packedShare ?? 1));
  }

  /** The newest deletion of the key stands in `chunk`; undefined when none has to be kept. */
  #bury(key: string, chunk: number | undefined): void {
    const before = this.#tombstones.get(key);
    if (before === chunk) return;
    if (before !== undefined) this.#tombstonesIn.delete(before, key);
    if (chunk === undefined) {
      this.#tombstones.delete(key);
    } else {
      this.#tombstones.set(key, chunk);
      this.#tombstonesIn.add(chunk, key);
    }
  }

  #account(key: string, location: Location, sign: 1 | -1): void {
    const state = this.chunks.get(location.chunk);
    if (state !== undefined) state.liveBytes += sign * this.bytesOf(key, location);
  }
}

function sizeOf(key: string, length: number): number {
  return key.length + length + entryOverhead;
}

export function locationOf(chunk: number, { frame, offset, length, crc }: PlacedOperation): Location {
  return { chunk, frame, offset, length, crc: crc | 0 };
}
