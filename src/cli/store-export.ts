import { exportStore } from "#app/export.ts";
import { formatBytes } from "#core/bytes.ts";
import { CadenceError } from "#core/errors.ts";
import { type Command, storeFlag, textFlag } from "./command.ts";
import { ExitCode } from "./exit-code.ts";
import { count } from "./format.ts";
import { openForReading, storeDirectory } from "./open-store.ts";

export const storeExportCommand: Command = {
  name: "store export",
  summary: "Write everything as text: samples.csv (as replay reads it), collections as JSON lines, manifest.json.",
  flags: {
    store: storeFlag,
    to: { type: "string", value: "DIR", text: "Folder to write to: empty, or not there yet" },
  },
  run: async ({ flags, out, signal }) => {
    const directory = textFlag(flags, "to");
    if (directory === undefined) {
      throw new CadenceError("USAGE", "store export needs a folder to write to.", {
        remedy: "Name one with --to DIR.",
      });
    }
    await using storage = await openForReading(storeDirectory(flags));
    const total = storage.series.totals().samples;
    const files = await exportStore({
      storage,
      directory,
      now: Date.now(),
      signal,
      onProgress: (samples) => out.progress(`${count(samples)} of ${count(total)} values written`),
    });
    out.progress("");
    for (const { path, rows, bytes: size } of files) out.line(`${path}: ${count(rows)} rows, ${formatBytes(size)}`);
    out.document({ directory, files });
    return ExitCode.done;
  },
};
