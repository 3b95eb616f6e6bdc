import { formatBytes } from "#core/bytes.ts";
import { type Command, storeFlag } from "./command.ts";
import { ExitCode } from "./exit-code.ts";
import { count } from "./format.ts";
import { openForWriting, storeDirectory } from "./open-store.ts";

export const storeCompactCommand: Command = {
  name: "store compact",
  summary:
    "Make the store as small as it gets: join small blocks, rewrite what is mostly superseded. The daemon must be stopped.",
  flags: { store: storeFlag },
  run: async ({ flags, out }) => {
    const directory = storeDirectory(flags);
    await using storage = await openForWriting(directory, { create: false });
    const before = await storage.inspect();
    out.progress("Rewriting …");
    await storage.compact((samples) => out.progress(`${count(samples)} of ${count(before.samples)} values rewritten`));
    out.progress("");
    const after = await storage.inspect();
    out.line(
      `${formatBytes(before.bytes)} in ${before.chunks} chunks became ${formatBytes(after.bytes)} in ${after.chunks}: ` +
        `${after.bytesPerSample.toFixed(2)} bytes a value instead of ${before.bytesPerSample.toFixed(2)}.`,
    );
    const sizes = (status: typeof before): Record<string, number> => ({
      bytes: status.bytes,
      chunks: status.chunks,
      bytesPerSample: status.bytesPerSample,
    });
    out.document({ before: sizes(before), after: sizes(after) });
    return ExitCode.done;
  },
};
