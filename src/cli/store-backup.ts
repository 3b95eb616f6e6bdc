import { formatBytes } from "#core/bytes.ts";
import { CadenceError } from "#core/errors.ts";
import { type Command, storeFlag, textFlag } from "./command.ts";
import { ExitCode } from "./exit-code.ts";
import { count } from "./format.ts";
import { openBackups, storeDirectory } from "./open-store.ts";

export const storeBackupCommand: Command = {
  name: "store backup",
  summary: "Copy the store beside itself, check the copy, and remove old ones. The daemon may be running.",
  flags: {
    store: storeFlag,
    keep: { type: "string", value: "N", text: "Keep the newest N backups (default: all)" },
    "keep-daily": { type: "string", value: "N", text: "Keep the last backup of each of N days as well" },
    "keep-weekly": { type: "string", value: "N", text: "Keep the last backup of each of N weeks as well" },
  },
  run: async ({ flags, out }) => {
    const keep = {
      newest: readKeep("keep", textFlag(flags, "keep"), Number.POSITIVE_INFINITY),
      daily: readKeep("keep-daily", textFlag(flags, "keep-daily"), 0),
      weekly: readKeep("keep-weekly", textFlag(flags, "keep-weekly"), 0),
    };
    const backups = openBackups(storeDirectory(flags));
    out.progress("Copying and checking …");
    const backup = await backups.create();
    const removed = await backups.prune(keep);
    out.progress("");
    out.line(
      `Backup ${backup.name}: ${count(backup.chunks)} chunks, ${formatBytes(backup.bytes)}, of which ${formatBytes(backup.copied)} are new on the disk. ` +
        "It was read back without a fault.",
    );
    for (const { name } of removed) out.line(`Removed ${name}.`);
    out.document({ ...backup, removed: removed.map(({ name }) => name) });
    return ExitCode.done;
  },
};

function readKeep(flag: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const keep = Number(text);
  if (keep >= 1 && Number.isInteger(keep)) return keep;
  throw new CadenceError("USAGE", `--${flag} must be a whole number from 1 on, got “${text}”.`);
}
