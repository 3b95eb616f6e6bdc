import { lstat, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { CadenceError } from "#core/errors.ts";
import { type DiskVolume, openDiskVolume } from "./disk-volume.ts";

/** Folders inside one folder, each a volume of its own. Links are no folders: they are neither listed nor followed. */
export class Subfolders {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** For who changes them: exclusive between processes. Makes the folder when it is not there. Throws STORE_LOCKED. */
  async lock(): Promise<AsyncDisposable> {
    return (await openDiskVolume(this.directory, { create: true })).lock();
  }

  /** In order of their names; none where the folder itself is not there. */
  async list(): Promise<readonly string[]> {
    const entries = await readdir(this.directory, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw toStoreError(this.directory, error);
    });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .toSorted();
  }

  /** Makes it when it is not there. Throws STORE_NOT_WRITABLE. */
  create(name: string): Promise<DiskVolume> {
    return openDiskVolume(this.#path(name), { create: true });
  }

  /** Throws STORE_NOT_FOUND, also for a link. */
  async open(name: string): Promise<DiskVolume> {
    const path = this.#path(name);
    const found = await lstat(path).catch(() => undefined);
    if (found?.isDirectory() !== true) throw new CadenceError("STORE_NOT_FOUND", `There is no folder ${path}.`);
    return openDiskVolume(path);
  }

  /** Durable when it resolves. */
  async rename(from: string, to: string): Promise<void> {
    await rename(this.#path(from), this.#path(to)).catch((error: NodeJS.ErrnoException) => {
      throw toStoreError(this.#path(to), error);
    });
    await (await openDiskVolume(this.directory)).syncDirectory();
  }

  /** With everything in it. */
  async remove(name: string): Promise<void> {
    await rm(this.#path(name), { recursive: true, force: true }).catch((error: NodeJS.ErrnoException) => {
      throw toStoreError(this.#path(name), error);
    });
  }

  #path(name: string): string {
    if (!/^\.?[A-Za-z0-9_-]+$/.test(name)) {
      throw new CadenceError("STORE_NOT_FOUND", `“${name}” is not a name of a folder in ${this.directory}.`);
    }
    return join(this.directory, name);
  }
}

function toStoreError(path: string, cause: NodeJS.ErrnoException): CadenceError {
  return new CadenceError("STORE_NOT_WRITABLE", `${path} cannot be changed: ${cause.message}.`, {
    remedy: "Check its owner and rights.",
    cause,
  });
}
