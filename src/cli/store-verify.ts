import { type Command, storeFlag } from "./command.ts";
import { ExitCode } from "./exit-code.ts";
import { count } from "./format.ts";
import { openForReading, storeDirectory } from "./open-store.ts";

/** Lost records of one fault that are named on the terminal. */
const mostNamed = 10;

export const storeVerifyCommand: Command = {
  name: "store verify",
  summary: "Read and check every byte. Exit code 3 when something is damaged.",
  flags: { store: storeFlag },
  run: async ({ flags, out, signal }) => {
    await using storage = await openForReading(storeDirectory(flags));
    const { ok, chunks, frames, faults } = await storage.verify({
      signal,
      onProgress: (done, of) => out.progress(`${count(done)} of ${count(of)} chunks read`),
    });
    out.progress("");
    out.line(
      `${count(chunks)} chunks, ${count(frames)} frames: ${ok ? "no faults." : `${count(faults.length)} faults.`}`,
    );
    for (const { file, offset, code, lost } of faults) {
      const what = lost.length === 0 ? "nothing that is still needed" : `${count(lost.length)} records`;
      out.line(`  ${file} at byte ${count(offset)}: ${code.toLowerCase().replace("_", " ")}, costs ${what}`);
      for (const record of lost.slice(0, mostNamed)) out.line(`    ${record}`);
      if (lost.length > mostNamed) out.line(`    and ${count(lost.length - mostNamed)} more, see --json`);
    }
    out.document({ ok, chunks, frames, faults });
    return ok ? ExitCode.done : ExitCode.faultsFound;
  },
};
