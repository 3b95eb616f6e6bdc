import { type Dirent, createReadStream } from "node:fs";
import { lstat, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { constants, createGunzip } from "node:zlib";
import { CadenceError } from "#core/errors.ts";

export interface LegacyFile {
  /** Below the folder, with `/` between folders. */
  readonly path: string;
  readonly bytes: number;
  /** Only files are read: a link could lead anywhere. */
  readonly type: "file" | "folder" | "link" | "other";
}

const deepest = 8;
const mostFiles = 100_000;
const pieceSize = 256 * 1024;
/** A file that unpacks to more, in bytes, is not read on. */
const longestText = 4 * 1024 * 1024 * 1024;

/** Everything below a folder, in order of the names; a folder only where its name is that of a file. Throws SOURCE_NOT_FOUND, SOURCE_UNREADABLE. */
export async function listLegacyFiles(directory: string): Promise<readonly LegacyFile[]> {
  const found: LegacyFile[] = [];
  const walk = async (below: string, depth: number): Promise<void> => {
    for (const entry of await entriesOf(join(directory, below))) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (found.length >= mostFiles) return;
      const type = typeOf(entry);
      const looksLikeFile = /\.[a-z]+$/.test(entry.name);
      if (type !== "folder" || looksLikeFile) {
        const stats = await lstat(join(directory, path)).catch(() => undefined);
        found.push({ path, type, bytes: type === "file" ? (stats?.size ?? 0) : 0 });
      }
      if (type === "folder" && depth < deepest) await walk(path, depth + 1);
    }
  };
  await walk("", 0);
  return found;
}

function typeOf(entry: Dirent): LegacyFile["type"] {
  return entry.isFile() ? "file" : entry.isDirectory() ? "folder" : entry.isSymbolicLink() ? "link" : "other";
}

async function entriesOf(directory: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") {
      throw new CadenceError("SOURCE_NOT_FOUND", `There is no folder ${directory}.`, {
        remedy: "Check its name.",
        cause,
      });
    }
    const why = code === "ENOTDIR" ? "it is no folder" : code === "EACCES" ? "it may not be read" : message;
    throw new CadenceError("SOURCE_UNREADABLE", `${directory} cannot be read: ${why}.`, { cause });
  }
}

/**
 * The text of a file in pieces, each byte of its UTF-8 as one character: as it stands there, unpacked where it is gzip, and turned into UTF-8 where it is UTF-16. Of what is cut off or
 * damaged, everything in front of that. Throws what the file system throws.
 */
export async function* readLegacyText(path: string): AsyncGenerator<string> {
  const head = await headOf(path);
  const file = createReadStream(path, { highWaterMark: pieceSize });
  const packed = head[0] === 0x1f && head[1] === 0x8b;
  const gunzip = packed ? createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }) : undefined;
  let failure: unknown;
  if (gunzip !== undefined) {
    file.on("error", (error) => gunzip.destroy(error));
    file.pipe(gunzip);
  }
  const bytes = (gunzip ?? file) as AsyncIterable<Buffer>;
  const decoder = new PieceDecoder();
  let length = 0;
  try {
    for await (const piece of bytes) {
      yield decoder.push(piece);
      length += piece.length;
      if (length > longestText) break;
    }
  } catch (error) {
    // What could be unpacked was given.
    if (gunzip === undefined || file.errored !== null) failure = error;
  } finally {
    file.destroy();
    gunzip?.destroy();
  }
  if (failure !== undefined) throw failure;
}

async function headOf(path: string): Promise<Buffer> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
  return buffer.subarray(0, bytesRead);
}

/** Tells the encoding by how the text begins. */
class PieceDecoder {
  #utf16: InstanceType<typeof TextDecoder> | undefined;
  #begun = false;

  push(piece: Buffer): string {
    if (!this.#begun) {
      this.#begun = true;
      const encoding = utf16Of(piece);
      if (encoding !== undefined) this.#utf16 = new TextDecoder(encoding);
      if (piece[0] === 0xef && piece[1] === 0xbb && piece[2] === 0xbf) return piece.toString("latin1", 3);
    }
    if (this.#utf16 === undefined) return piece.toString("latin1");
    return Buffer.from(this.#utf16.decode(piece, { stream: true })).toString("latin1");
  }
}

/** By the mark, or by the zeros between letters. */
function utf16Of([first, second, third, fourth]: Buffer): "utf-16le" | "utf-16be" | undefined {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0 && third !== 0 && fourth === 0))
    return "utf-16le";
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0 && third === 0 && fourth !== 0))
    return "utf-16be";
  return undefined;
}
