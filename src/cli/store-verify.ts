import { type Command, storeFlag } from "./command.ts";
import { ExitCode } from "./exit-code.ts";
import { count } from "./format.ts";
import { openBackups, openForReading, openForWriting, storeDirectory } from "./open-store.ts";
import type { Output } from "./output.ts";

/** Lost records of one fault that are named on the terminal. */
const mostNamed = 10;

async function repair(directory: string, out: Output, signal: AbortSignal): Promise<ExitCode> {
  await using storage = await openForWriting(directory, { create: false });
  const report = await storage.repair(openBackups(directory), {
    signal,
    onProgress: (done, of) => out.progress(`${count(done)} of ${count(of)} chunks read`),
  });
  const { faults, filled, lost, left } = report;
  out.progress("");
  out.line(
    faults === 0 ? "No faults." : `${count(faults)} faults, ${count(filled.length)} records taken from backups.`,
  );
  for (const { title, records } of [
    { title: "Taken from a backup", records: filled },
    { title: "Lost", records: lost },
  ]) {
    for (const record of records.slice(0, mostNamed)) out.line(`  ${title}: ${record}`);
    if (records.length > mostNamed) out.line(`  and ${count(records.length - mostNamed)} more, see --json`);
  }
  if (left > 0) out.line(`${count(left)} faults could not be mended.`);
  out.document({ ...report });
  return lost.length + left === 0 ? ExitCode.done : ExitCode.faultsFound;
}

export const storeVerifyCommand: Command = {
  name: "store verify",
  summary: "Read and check every byte. Exit code 3 when something is damaged.",
  flags: {
    store: storeFlag,
    repair: {
      type: "boolean",
      text: "Take damaged values from backups and write their chunks anew; the daemon must not be running",
    },
  },
  run: async ({ flags, out, signal }) => {
    if (flags["repair"] === true) return repair(storeDirectory(flags), out, signal);
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
      out.line(`  ${file} at byte ${count(offset)}: ${code.toLowerCase().replaceAll("_", " ")}, costs ${what}`);
      for (const record of lost.slice(0, mostNamed)) out.line(`    ${record}`);
      if (lost.length > mostNamed) out.line(`    and ${count(lost.length - mostNamed)} more, see --json`);
    }
    out.document({ ok, chunks, frames, faults });
    return ok ? ExitCode.done : ExitCode.faultsFound;
  },
};
