import { CadenceError } from "#core/errors.ts";
import { type Command, storeFlag, textFlag } from "./command.ts";
import { ExitCode } from "./exit-code.ts";
import { bytes, count } from "./format.ts";
import { openBackups, storeDirectory } from "./open-store.ts";

export const storeBackupCommand: Command = {
  name: "store backup",
  summary: "Copy the store beside itself, check the copy, and remove old ones. The daemon may be running.",
  flags: {
    store: storeFlag,
    keep: { type: "string", value: "N", text: "Keep the newest N backups (default: all)" },
  },
  run: async ({ flags, out }) => {
    const keep = readKeep(textFlag(flags, "keep"));
    const backups = openBackups(storeDirectory(flags));
    out.progress("Copying and checking …");
    const backup = await backups.create();
    const removed = await backups.prune(keep);
    out.progress("");
    out.line(
      `Backup ${backup.name}: ${count(backup.chunks)} chunks, ${bytes(backup.bytes)}, of which ${bytes(backup.copied)} are new on the disk. ` +
        "It was read back without a fault.",
    );
    for (const { name } of removed) out.line(`Removed ${name}.`);
    out.document({ ...backup, removed: removed.map(({ name }) => name) });
    return ExitCode.done;
  },
};

function readKeep(text: string | undefined): number {
  const keep = text === undefined ? Number.POSITIVE_INFINITY : Number(text);
  if (keep >= 1 && (Number.isInteger(keep) || text === undefined)) return keep;
  throw new CadenceError("USAGE", `--keep must be a whole number from 1 on, got “${text}”.`);
}
