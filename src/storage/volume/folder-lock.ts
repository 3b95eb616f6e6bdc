import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CadenceError } from "#core/errors.ts";

const lockName = "lock";
const ownerName = "lock.owner";

/**
 * Locks a folder by SQLite's exclusive lock on an empty file: a lock of the kernel, so it ends with its process however that
 * ends, cannot be taken by two, and holds between containers that share the folder. A file with a process id could do none of it.
 */
export async function lockFolder(directory: string): Promise<AsyncDisposable> {
  const { DatabaseSync } = await import("node:sqlite");
  let database: InstanceType<typeof DatabaseSync> | undefined;
  try {
    database = new DatabaseSync(join(directory, lockName));
    database.exec("pragma journal_mode = memory; begin exclusive");
  } catch (cause) {
    database?.close();
    if ((cause as { errcode?: number }).errcode === sqliteBusy) throw await locked(directory, cause);
    throw new CadenceError("STORE_NOT_WRITABLE", `The folder ${directory} cannot be locked for writing.`, {
      remedy: "Check its owner and that the disk is not mounted read-only.",
      cause,
      details: { directory },
    });
  }
  const held = database;
  let open = true;
  await writeFile(join(directory, ownerName), `${process.pid}\n`).catch(ignoreMissingHint);
  return {
    [Symbol.asyncDispose]: () => {
      if (open) held.close();
      open = false;
      return Promise.resolve();
    },
  };
}

const sqliteBusy = 5;

/** The owner's file only makes the message better; the lock does not depend on it. */
function ignoreMissingHint(): void {
  /* nothing depends on it */
}

async function locked(directory: string, cause: unknown): Promise<CadenceError> {
  const owner = (await readFile(join(directory, ownerName), "utf8").catch(() => "")).trim();
  const who = /^\d+$/.test(owner) ? ` (process ${owner})` : "";
  return new CadenceError("STORE_LOCKED", `The store in ${directory} is in use by another Modbus Cadence${who}.`, {
    remedy: "Stop that one first, or name another folder with --store.",
    cause,
    details: { directory, owner },
  });
}
