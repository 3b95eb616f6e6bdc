import { createReadStream, type ReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";

const gzipMagic = Buffer.from([0x1f, 0x8b]);
const zstdMagic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** A text file, plain or packed with gzip or zstd, whatever its name says; each byte of it as one character. */
export class TextFile implements AsyncDisposable {
  readonly #file: ReadStream;
  readonly #bytes: AsyncIterable<Buffer>;
  readonly #size: number;

  private constructor(file: ReadStream, bytes: AsyncIterable<Buffer>, size: number) {
    this.#file = file;
    this.#bytes = bytes;
    this.#size = size;
  }

  static async open(path: string): Promise<TextFile> {
    const { size } = await stat(path);
    const head = await headOf(path);
    const file = createReadStream(path);
    const unpack = head.subarray(0, 2).equals(gzipMagic)
      ? createGunzip()
      : head.equals(zstdMagic)
        ? createZstdDecompress()
        : undefined;
    // Errors reach whoever reads through the stream that is read.
    return new TextFile(file, unpack === undefined ? file : pipeline(file, unpack, () => undefined), size);
  }

  /** Throws what the file system throws, and an error of zlib where packed bytes are damaged. */
  async *pieces(): AsyncGenerator<string> {
    for await (const bytes of this.#bytes) yield bytes.toString("latin1");
  }

  /** How much of it was read, 0 to 1. */
  get share(): number {
    return this.#size === 0 ? 1 : Math.min(1, this.#file.bytesRead / this.#size);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.resolve(this.#file.destroy());
  }
}

async function headOf(path: string): Promise<Buffer> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(zstdMagic.length), 0, zstdMagic.length, 0);
  return buffer.subarray(0, bytesRead);
}
