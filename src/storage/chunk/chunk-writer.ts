import { breathe } from "#core/breathe.ts";
import { type Operation, sizeOf } from "../batch.ts";
import type { Volume, VolumeFile } from "../volume/volume.ts";
import { encodeBatchFrame, type PlacedOperation } from "./batch-frame.ts";
import { type ChunkHeader, chunkHeaderSize, chunkName, encodeChunkFooter, encodeChunkHeader } from "./chunk-format.ts";
import { ChunkIndexWriter } from "./chunk-index.ts";

/** Operations of one frame inside a large batch; a damaged byte costs one frame. */
const operationsPerFrame = 64;
const bytesPerFrame = 64 * 1024;
/** Key and value below this, in bytes, are packed with others. */
const smallValue = 1_024;

export interface EncodedBatch {
  readonly operations: readonly Operation[];
  readonly sequence: number;
  /** Everything up to this sequence is known to be synced. */
  readonly syncedSequence: number;
  /** Pack the frame, where that pays. @default false */
  readonly pack?: boolean;
}

/** A chunk that is appended to. After a failed append its end is unknown until `recover` has cut it off. */
export class ChunkWriter {
  readonly id: number;
  readonly file: VolumeFile;
  #end: number;
  #sequence: number;
  readonly #index = new ChunkIndexWriter();

  private constructor(id: number, file: VolumeFile, end: number, sequence: number) {
    this.id = id;
    this.file = file;
    this.#end = end;
    this.#sequence = sequence;
  }

  /** A new chunk with its header, synced; its name is durable after the next `syncDirectory`. */
  static async create(volume: Volume, header: ChunkHeader): Promise<ChunkWriter> {
    const file = await volume.create(chunkName(header.chunkId));
    try {
      await file.append(encodeChunkHeader(header));
    } catch (error) {
      await file.close();
      throw error;
    }
    return new ChunkWriter(header.chunkId, file, chunkHeaderSize, 0);
  }

  /** Goes on behind what was recovered of a chunk; `end` is behind its last good frame. */
  static resume(
    id: number,
    file: VolumeFile,
    end: number,
    sequence: number,
    placed: readonly PlacedOperation[],
  ): ChunkWriter {
    const writer = new ChunkWriter(id, file, end, sequence);
    writer.#index.add(placed);
    return writer;
  }

  /** Bytes of header and good frames. */
  get end(): number {
    return this.#end;
  }

  /** Frames for `batches` behind one another, in one write. Returns where everything landed, one list a batch. */
  async append(batches: readonly EncodedBatch[]): Promise<PlacedOperation[][]> {
    await this.recover();
    const frames: Uint8Array[] = [];
    const placed: PlacedOperation[][] = [];
    let end = this.#end;
    for (const { operations, sequence, syncedSequence, pack } of batches) {
      const frame = encodeBatchFrame(operations, sequence, syncedSequence, end, pack);
      frames.push(frame.bytes);
      placed.push(frame.placed);
      end += frame.bytes.length;
    }
    await this.file.append(frames.length === 1 ? (frames[0] as Uint8Array) : Buffer.concat(frames));
    this.#end = end;
    this.#sequence = batches.at(-1)?.sequence ?? this.#sequence;
    this.#index.add(placed.flat());
    return placed;
  }

  /**
   * One large batch as many frames of one sequence: only whole once the chunk is sealed and in the manifest. Large values stand in order as they are;
   * small ones, which resemble their neighbours, are packed together.
   */
  async appendSplit(operations: readonly Operation[], sequence: number): Promise<PlacedOperation[]> {
    const large = operations.filter((operation) => sizeOf(operation) >= smallValue);
    const small = operations.filter((operation) => sizeOf(operation) < smallValue);
    const placed: PlacedOperation[] = [];
    for (const { list, pack } of [
      { list: large, pack: false },
      { list: small, pack: true },
    ]) {
      for (const part of partsOf(list)) {
        const batch = { operations: part, sequence, syncedSequence: sequence - 1, pack };
        placed.push(...((await this.append([batch]))[0] ?? []));
        await breathe();
      }
    }
    return placed;
  }

  /** Cuts off whatever a failed append left behind. */
  async recover(): Promise<void> {
    if (this.file.size > this.#end) await this.file.truncate(this.#end);
  }

  /** Takes back the newest append: it was not acknowledged and must not appear later. */
  async rewind(end: number): Promise<void> {
    this.#index.takeBack();
    this.#end = end;
    await this.file.truncate(end);
  }

  /** Index frame, footer, sync: from here on the chunk never changes. */
  async seal(): Promise<void> {
    const index = this.#index.frame(this.#sequence);
    const footer = encodeChunkFooter(this.#end);
    await this.file.append(Buffer.concat([index, footer]));
    // The footer is found from the end of the file: what was reserved goes.
    await this.file.truncate(this.file.size);
    await this.file.sync();
  }
}

/** Frames of a few operations each. */
function* partsOf(operations: readonly Operation[]): Generator<readonly Operation[]> {
  let part: Operation[] = [];
  let bytes = 0;
  for (const operation of operations) {
    part.push(operation);
    bytes += sizeOf(operation);
    if (part.length < operationsPerFrame && bytes < bytesPerFrame) continue;
    yield part;
    part = [];
    bytes = 0;
  }
  if (part.length > 0) yield part;
}
