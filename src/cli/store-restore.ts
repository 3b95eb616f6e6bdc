import { CadenceError } from "#core/errors.ts";
import { type Command, readTime, storeFlag, textFlag } from "./command.ts";
import { ExitCode } from "./exit-code.ts";
import { count, instant } from "./format.ts";
import { openBackups, storeDirectory } from "./open-store.ts";

export const storeRestoreCommand: Command = {
  name: "store restore",
  summary: "Make the store what a backup is; what it held is backed up first. The daemon must be stopped.",
  operands: "[NAME]",
  operandCount: { minimum: 0, maximum: 1 },
  flags: {
    store: storeFlag,
    at: { type: "string", value: "TIME", text: "Take the newest backup that is not newer, instead of a name" },
  },
  run: async ({ flags, positionals, out }) => {
    const [name] = positionals;
    const at = textFlag(flags, "at");
    if ((name === undefined) === (at === undefined)) {
      throw new CadenceError("USAGE", "store restore needs either the name of a backup or --at TIME.", {
        remedy: "All backups: npm run --silent cadence -- store backups",
      });
    }
    const backups = openBackups(storeDirectory(flags));
    const chosen = name ?? (await backups.newest(readTime("at", at as string)))?.name;
    if (chosen === undefined) {
      throw new CadenceError("STORE_NOT_FOUND", `There is no backup from before ${at}.`, {
        remedy: "All backups: npm run --silent cadence -- store backups",
      });
    }
    out.progress("Checking the backup and putting it in place …");
    const { from, before, entries } = await backups.restore(chosen);
    out.progress("");
    out.line(`The store is what it was at ${instant(from.time)} UTC: ${count(entries)} records of ${from.name}.`);
    if (before !== undefined) out.line(`What it held until now is kept as ${before.name}.`);
    out.document({ from: from.name, before: before?.name ?? null, entries });
    return ExitCode.done;
  },
};
