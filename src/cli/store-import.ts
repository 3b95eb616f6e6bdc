import { importStore } from "#app/import.ts";
import { systemClock } from "#core/clock.ts";
import { CadenceError } from "#core/errors.ts";
import { type Command, storeFlag, textFlag } from "./command.ts";
import { ExitCode } from "./exit-code.ts";
import { count } from "./format.ts";
import { commandLogger, storeDirectory } from "./open-store.ts";

export const storeImportCommand: Command = {
  name: "store import",
  summary: "Make the store what an export holds; what it held is backed up first. The daemon must be stopped.",
  flags: {
    store: storeFlag,
    from: { type: "string", value: "DIR", text: "Folder that store export wrote" },
  },
  run: async ({ flags, out, signal }) => {
    const from = textFlag(flags, "from");
    if (from === undefined) {
      throw new CadenceError("USAGE", "store import needs the folder of an export.", {
        remedy: "Name it with --from DIR.",
      });
    }
    const { samples, collections, before } = await importStore({
      directory: storeDirectory(flags),
      from,
      clock: systemClock,
      logger: commandLogger,
      signal,
      onProgress: (text) => out.progress(text),
    });
    out.progress("");
    out.line(`${count(samples)} values and ${count(collections.length)} collections were imported.`);
    if (before !== undefined) out.line(`What the store held until now is kept as ${before.name}.`);
    out.document({ samples, collections, before: before?.name ?? null });
    return ExitCode.done;
  },
};
