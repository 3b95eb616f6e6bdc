import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CadenceError } from "#core/errors.ts";

/** What the manifest says of one exported file. */
export interface ExportedFile {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

const writeSize = 1 << 20;

/** A folder that is being filled. The manifest is written last and names every file with its checksum: without it the export is not whole. */
export class ExportFolder {
  readonly directory: string;
  readonly #files: ExportedFile[] = [];

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Throws STORE_EXPORT_EXISTS when something is there already, STORE_NOT_WRITABLE. */
  static async create(directory: string): Promise<ExportFolder> {
    const names = await guarded(directory, async () => {
      await makeFolder(directory);
      return readdir(directory);
    });
    if (names.length > 0) {
      throw new CadenceError("STORE_EXPORT_EXISTS", `${directory} is not empty.`, {
        remedy: "Name a folder that is empty or does not exist yet; nothing is ever overwritten.",
      });
    }
    return new ExportFolder(directory);
  }

  get files(): readonly ExportedFile[] {
    return this.#files;
  }

  /** Writes a file durably; `header` is no row. */
  async write(path: string, rows: AsyncIterable<string>, header = ""): Promise<ExportedFile> {
    return guarded(this.directory, async () => {
      const target = join(this.directory, path);
      await mkdir(dirname(target), { recursive: true });
      await using file = await open(target, "wx");
      const hash = createHash("sha256");
      let waiting = header;
      let bytes = 0;
      let count = 0;
      const flush = async (): Promise<void> => {
        const buffer = Buffer.from(waiting);
        waiting = "";
        hash.update(buffer);
        bytes += buffer.length;
        await writeAll(file, buffer);
      };
      for await (const row of rows) {
        waiting += row;
        count += 1;
        if (waiting.length >= writeSize) await flush();
      }
      await flush();
      await file.sync();
      const written = { path, rows: count, bytes, sha256: hash.digest("hex") };
      this.#files.push(written);
      return written;
    });
  }

  /** Ends the export. */
  async finish(facts: Readonly<Record<string, unknown>>): Promise<void> {
    await guarded(this.directory, async () => {
      await using file = await open(join(this.directory, "manifest.json"), "wx");
      await file.writeFile(`${JSON.stringify({ ...facts, files: this.#files }, null, 2)}\n`);
      await file.sync();
      for (const folder of new Set(
        this.#files.map(({ path }) => dirname(join(this.directory, path))).concat(this.directory),
      )) {
        await using names = await open(folder);
        await names.sync();
      }
    });
  }
}

/** Not those above it: an export is not meant to go where a word was mistyped. */
async function makeFolder(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return;
    throw new CadenceError("STORE_NOT_WRITABLE", `The folder ${directory} cannot be made.`, {
      remedy: "Check that its parent is there and that you may write to it.",
      cause,
    });
  }
}

async function writeAll(file: FileHandle, buffer: Buffer): Promise<void> {
  for (let offset = 0; offset < buffer.length;) offset += (await file.write(buffer, offset)).bytesWritten;
}

async function guarded<Result>(directory: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof CadenceError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOSPC") {
      throw new CadenceError("STORE_FULL", `The disk of ${directory} is full.`, {
        remedy: "Make room, remove the folder and export again.",
        cause,
      });
    }
    throw new CadenceError("STORE_NOT_WRITABLE", `${directory} cannot be written: ${message}.`, {
      remedy: "Check that you may write there.",
      cause,
    });
  }
}
