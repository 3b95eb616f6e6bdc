import { type FileHandle, link, mkdir, open, readdir, rename, stat, statfs, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CadenceError, type ErrorCode, isCadenceError } from "#core/errors.ts";
import { lockFolder } from "./folder-lock.ts";
import type { Volume, VolumeFile } from "./volume.ts";

export interface DiskVolumeOptions {
  /** Make the folder when it is missing. @default false: STORE_NOT_FOUND */
  readonly create?: boolean;
}

/** A folder on disk. Throws STORE_NOT_FOUND, STORE_NOT_WRITABLE, STORE_IO. */
export async function openDiskVolume(directory: string, options: DiskVolumeOptions = {}): Promise<DiskVolume> {
  if (options.create === true) await makeFolder(directory);
  try {
    await attempt(directory, () => readdir(directory));
  } catch (cause) {
    if (!isCadenceError(cause, "STORE_NOT_FOUND")) throw cause;
    throw new CadenceError("STORE_NOT_FOUND", `There is no store in ${directory}.`, {
      remedy: "Name its folder with --store, or start the daemon to make one.",
      cause,
    });
  }
  return new DiskVolume(directory);
}

/**
 * Makes a folder and those above it, durably: one by one, as Node's own recursive mkdir never returns where the system says ENOENT
 * of a folder whose parent is there (/proc).
 */
async function makeFolder(directory: string): Promise<void> {
  const parent = dirname(directory);
  if (await isFolder(directory)) return;
  if (!(await isFolder(parent))) await makeFolder(parent);
  try {
    await mkdir(directory);
    await syncFolder(parent);
  } catch (cause) {
    const system = (cause as NodeJS.ErrnoException).code;
    if (system === "EEXIST" && (await isFolder(directory))) return;
    const why = system === "EEXIST" ? "it is a file" : "it cannot be made";
    throw new CadenceError("STORE_NOT_WRITABLE", `The folder ${directory} cannot be written: ${why}.`, {
      remedy: "Name another folder with --store, or check the owner and rights of the one above it.",
      cause,
      details: { name: directory, system },
    });
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function syncFolder(path: string): Promise<void> {
  await using handle = await open(path, "r");
  await handle.sync();
}

/** Other file systems, those without links, and containers that forbid them. */
const cannotLink: ReadonlySet<string> = new Set(["EXDEV", "EPERM", "ENOTSUP", "EOPNOTSUPP", "EMLINK", "ENOSYS"]);

export class DiskVolume implements Volume {
  readonly directory: string;
  #bytesWritten = 0;

  constructor(directory: string) {
    this.directory = directory;
  }

  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  async list(): Promise<readonly string[]> {
    const entries = await attempt(this.directory, () => readdir(this.directory, { withFileTypes: true }));
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  }

  create(name: string): Promise<VolumeFile> {
    return this.#open(name, "wx+");
  }

  openForAppend(name: string): Promise<VolumeFile> {
    return this.#open(name, "r+");
  }

  openForRead(name: string): Promise<VolumeFile> {
    return this.#open(name, "r");
  }

  async rename(from: string, to: string): Promise<void> {
    await attempt(from, () => rename(this.#path(from), this.#path(to)));
  }

  async remove(name: string): Promise<void> {
    await attempt(name, () => unlink(this.#path(name)));
  }

  /** A second name in another folder for a file that never changes again. False where the file system cannot; then it has to be copied. */
  async linkInto(target: DiskVolume, name: string): Promise<boolean> {
    try {
      await link(this.#path(name), target.#path(name));
      return true;
    } catch (cause) {
      if (cannotLink.has((cause as NodeJS.ErrnoException).code ?? "")) return false;
      return attempt(name, () => Promise.reject(cause as Error));
    }
  }

  async syncDirectory(): Promise<void> {
    await attempt(this.directory, () => syncFolder(this.directory));
  }

  lock(): Promise<AsyncDisposable> {
    return lockFolder(this.directory);
  }

  async freeBytes(): Promise<number | undefined> {
    const stats = await statfs(this.directory).catch(() => undefined);
    return stats === undefined ? undefined : stats.bavail * stats.bsize;
  }

  async #open(name: string, flags: string): Promise<VolumeFile> {
    const path = this.#path(name);
    return attempt(name, async () => {
      const handle = await open(path, flags);
      try {
        const { size } = await handle.stat();
        return new DiskFile(name, handle, size, (count) => (this.#bytesWritten += count));
      } catch (error) {
        await handle.close();
        throw error;
      }
    });
  }

  #path(name: string): string {
    if (name === "" || name === "." || name === ".." || /[/\\\0]/.test(name)) {
      throw new CadenceError("STORE_IO", `“${name}” is not a name of a file in a store.`, { details: { name } });
    }
    return join(this.directory, name);
  }
}

class DiskFile implements VolumeFile {
  readonly name: string;
  readonly #handle: FileHandle;
  readonly #count: (bytes: number) => void;
  #size: number;
  /** Bytes of the file itself; what is behind `#size` are zeros. */
  #allocated: number;
  #reserve = 0;
  #open = true;

  constructor(name: string, handle: FileHandle, size: number, count: (bytes: number) => void) {
    this.name = name;
    this.#handle = handle;
    this.#size = size;
    this.#allocated = size;
    this.#count = count;
  }

  reserve(bytes: number): void {
    this.#reserve = bytes;
  }

  get size(): number {
    return this.#size;
  }

  async append(bytes: Uint8Array): Promise<void> {
    if (this.#reserve > 0 && this.#size + bytes.length > this.#allocated) await this.#makeRoom(bytes.length);
    for (let done = 0; done < bytes.length;) {
      const written = await this.#write(bytes.subarray(done), this.#size);
      done += written;
      this.#size += written;
      this.#allocated = Math.max(this.#allocated, this.#size);
    }
  }

  /** On a disk that is nearly full there may be less than is wanted, and enough for this append. Else nothing of it is written, and what was set aside stays. */
  async #makeRoom(bytes: number): Promise<void> {
    const zeros = new Uint8Array(this.#size + bytes + this.#reserve - this.#allocated);
    const from = this.#allocated;
    try {
      for (let done = 0; done < zeros.length;) {
        done += await this.#write(zeros.subarray(done), from + done);
        this.#allocated = from + done;
      }
    } catch (error) {
      if (!isCadenceError(error, "STORE_FULL") || this.#size + bytes > this.#allocated) throw error;
    }
  }

  async #write(bytes: Uint8Array, position: number): Promise<number> {
    const { bytesWritten } = await attempt(this.name, () => this.#handle.write(bytes, 0, bytes.length, position));
    this.#count(bytesWritten);
    return bytesWritten;
  }

  async readAt(offset: number, wanted: number): Promise<Uint8Array> {
    const length = Math.max(0, Math.min(wanted, this.#size - offset));
    const buffer = new Uint8Array(Math.max(0, length));
    let done = 0;
    while (done < length) {
      const { bytesRead } = await attempt(this.name, () =>
        this.#handle.read(buffer, done, length - done, offset + done),
      );
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return buffer.subarray(0, done);
  }

  async truncate(size: number): Promise<void> {
    await attempt(this.name, () => this.#handle.truncate(size));
    this.#size = size;
    this.#allocated = size;
  }

  async sync(): Promise<void> {
    await attempt(this.name, () => this.#handle.datasync());
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    try {
      if (this.#allocated > this.#size) await this.truncate(this.#size);
    } finally {
      await attempt(this.name, () => this.#handle.close());
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

const codes: Readonly<Record<string, { code: ErrorCode; fact: string; remedy: string }>> = {
  ENOSPC: { code: "STORE_FULL", fact: "The disk is full", remedy: "Make room; writing resumes by itself." },
  EDQUOT: { code: "STORE_FULL", fact: "The disk quota is used up", remedy: "Make room; writing resumes by itself." },
  EACCES: { code: "STORE_NOT_WRITABLE", fact: "Access is denied", remedy: "Check the owner and rights of the folder." },
  EPERM: { code: "STORE_NOT_WRITABLE", fact: "Access is denied", remedy: "Check the owner and rights of the folder." },
  EROFS: { code: "STORE_NOT_WRITABLE", fact: "The disk is read-only", remedy: "Remount it for writing." },
  ENOENT: { code: "STORE_NOT_FOUND", fact: "There is no such file or folder", remedy: "Check the path." },
  ENOTDIR: { code: "STORE_NOT_FOUND", fact: "This is not a folder", remedy: "Name a folder." },
  EEXIST: {
    code: "STORE_IO",
    fact: "The file exists already",
    remedy: "Check that the folder belongs to Modbus Cadence.",
  },
  EMFILE: { code: "STORE_IO", fact: "Too many files are open", remedy: "Raise the limit of open files." },
};

/** Runs an operation of the operating system; what it throws becomes ours, with the cause kept. */
async function attempt<Result>(name: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (cause) {
    if (cause instanceof CadenceError) throw cause;
    const system = (cause as NodeJS.ErrnoException).code ?? "";
    const known = codes[system] ?? {
      code: "STORE_IO",
      fact: `Input or output failed (${system})`,
      remedy: "Check the disk.",
    };
    throw new CadenceError(known.code, `${known.fact}: ${name}.`, {
      remedy: known.remedy,
      cause,
      details: { name, system },
    });
  }
}
