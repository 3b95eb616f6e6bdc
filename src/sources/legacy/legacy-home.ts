import { open, readdir, rename, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CadenceError } from "#core/errors.ts";
import { legacyName } from "./legacy-kind.ts";

/** What the old package called its folder, at different times. */
const legacyFolderNames = ["modbus_state", "modbus_statistics"] as const;

/** The folders of the old package in a folder: it itself, or those in it with their names. Throws SOURCE_NOT_FOUND when there are none. */
export async function findLegacyFolders(directory: string): Promise<readonly string[]> {
  const found = (await holdsLegacyFiles(directory)) ? [directory] : await legacyFoldersIn(directory);
  if (found.length > 0) return found;
  throw new CadenceError("SOURCE_NOT_FOUND", `${directory} holds nothing of the older Python package.`, {
    remedy: "Name the folder modbus_state or modbus_statistics, or the one that it is in.",
  });
}

/** Those with the names of the old package in a folder. */
export async function legacyFoldersIn(directory: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of legacyFolderNames) {
    const path = join(directory, name);
    const isFolder = await stat(path).then(
      (stats) => stats.isDirectory(),
      () => false,
    );
    if (isFolder) found.push(path);
  }
  return found;
}

async function holdsLegacyFiles(directory: string): Promise<boolean> {
  // A folder that cannot be read is no folder of the old package.
  const names: readonly string[] = await readdir(directory).catch(() => []);
  return (
    (names.includes("chunks") && names.includes("metadata")) ||
    names.some((name) => {
      const known = legacyName(name);
      // A file called meta.json is anybody's.
      return known !== undefined && known.kind !== "unknown" && known.kind !== "meta";
    })
  );
}

const aside = /\.migrated-[\dTZ-]+$/;

/** Renames a folder that was imported, so that it is not found again, unless it has been; durable when it resolves, with its path from then on. Throws SOURCE_UNREADABLE. */
export async function setAside(directory: string, now: number): Promise<string> {
  if (aside.test(directory)) return directory;
  const stamp = new Date(now).toISOString().slice(0, 19).replaceAll(":", "-");
  const target = join(dirname(directory), `${basename(directory)}.migrated-${stamp}Z`);
  try {
    // What is there already is not overwritten: a folder that is not empty refuses.
    await rename(directory, target);
    await using parent = await open(dirname(directory));
    await parent.sync();
  } catch (cause) {
    throw new CadenceError(
      "SOURCE_UNREADABLE",
      `${directory} cannot be renamed: ${(cause as NodeJS.ErrnoException).message}.`,
      { remedy: "It was imported; rename or remove it by hand when you no longer need it.", cause },
    );
  }
  return target;
}
