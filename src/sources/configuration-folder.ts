import { constants, copyFile, open, readdir, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { CadenceError } from "#core/errors.ts";
import type { ConfigurationFiles } from "#model/configuration-files.ts";

/** Nobody writes a larger one by hand. */
const largestFile = 1024 * 1024;
const mostListed = 20_000;

/** Home Assistant's configuration on the disk. Links are followed within the folder only. */
export class ConfigurationFolder implements ConfigurationFiles {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async read(path: string): Promise<string | undefined> {
    try {
      const file = await this.#inside(path);
      const { size } = await stat(file);
      if (size > largestFile) return undefined;
      await using handle = await open(file, "r");
      // Bytes that are no text would be lost when the text is written back.
      const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
      return (await handle.stat()).isFile() ? decoder.decode(await handle.readFile()) : undefined;
    } catch {
      // Missing, not readable, no text, or outside: there is no such file for us.
      return undefined;
    }
  }

  async list(folder: string): Promise<readonly string[]> {
    try {
      const names = await readdir(await this.#inside(folder), { recursive: true, withFileTypes: true });
      const files = names.filter((entry) => !entry.isDirectory()).slice(0, mostListed);
      const root = await realpath(this.#root);
      return files.map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/")).toSorted();
    } catch {
      return [];
    }
  }

  /**
   * Replaces a file that still reads `before`, in one step; the old one stays beside it under the name that is returned. Throws CONFIGURATION_CHANGED, CONFIGURATION_NOT_WRITABLE.
   */
  async replace(path: string, before: string, after: string, stamp: string): Promise<string> {
    if ((await this.read(path)) !== before) {
      throw new CadenceError("CONFIGURATION_CHANGED", `${path} was changed meanwhile; nothing was written.`, {
        remedy: "Look at the difference again, then write.",
      });
    }
    const backup = `${path}.${stamp}.bak`;
    try {
      const file = await this.#inside(path);
      const unfinished = `${file}.${stamp}.tmp`;
      try {
        const kept = join(dirname(file), backup.slice(backup.lastIndexOf("/") + 1));
        // Never over another backup, and on the disk before anything is replaced.
        await copyFile(file, kept, constants.COPYFILE_EXCL);
        await using backupHandle = await open(kept, "r");
        await backupHandle.sync();
        // A copy has the permissions that the new file shall have.
        await copyFile(file, unfinished, constants.COPYFILE_EXCL);
        await using handle = await open(unfinished, "r+");
        await handle.truncate(0);
        await handle.writeFile(after, "utf8");
        await handle.sync();
        await rename(unfinished, file);
      } finally {
        await rm(unfinished, { force: true });
      }
      await using folder = await open(dirname(file), "r");
      await folder.sync();
    } catch (cause) {
      if (cause instanceof CadenceError) throw cause;
      throw new CadenceError("CONFIGURATION_NOT_WRITABLE", `${path} could not be written.`, {
        remedy: "Allow this user to write Home Assistant's configuration folder, or apply the difference by hand.",
        cause,
      });
    }
    return backup;
  }

  async #inside(path: string): Promise<string> {
    const root = await realpath(this.#root);
    const file = await realpath(join(root, path));
    if (file === root || file.startsWith(root.endsWith(sep) ? root : root + sep)) return file;
    throw new CadenceError("SOURCE_NOT_FOUND", `${path} lies outside the configuration.`);
  }
}
