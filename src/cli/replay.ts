import { replay, type ReplayTotals } from "#app/replay.ts";
import { formatBytes } from "#core/bytes.ts";
import { systemClock } from "#core/clock.ts";
import { openSource } from "#sources/open-source.ts";
import { type Command, listFlag, storeFlag } from "./command.ts";
import { ExitCode } from "./exit-code.ts";
import { count } from "./format.ts";
import { commandLogger, openForWriting, storeDirectory } from "./open-store.ts";

/** More faults of one file are counted, not named. */
const namedProblems = 20;

export const replayCommand: Command = {
  name: "replay",
  summary:
    "Take samples from CSV, a history export, InfluxDB's line protocol (plain, .gz, .zst) or a recorder data base (file or db_url). May be repeated.",
  operands: "FILE…",
  operandCount: { minimum: 1, maximum: Number.POSITIVE_INFINITY },
  flags: {
    store: storeFlag,
    entities: { type: "string", value: "GLOB,…", multiple: true, text: "Only entities that match (default: all)" },
  },
  run: async ({ flags, positionals, out, signal }) => {
    // Before a store is made for nothing.
    for (const path of positionals) await openSource(path);
    await using storage = await openForWriting(storeDirectory(flags));
    const began = performance.now();
    const named = new Map<string, number>();
    const totals: ReplayTotals = await replay({
      storage,
      paths: positionals,
      entities: listFlag(flags, "entities"),
      clock: systemClock,
      logger: commandLogger,
      signal,
      onProgress: (path, share, { samples, stored }) =>
        out.progress(`${path}: ${Math.round(share * 100)} %, ${count(samples)} values, ${count(stored)} new`),
      onProblem: (path, { line, text }) => {
        const before = named.get(path) ?? 0;
        named.set(path, before + 1);
        if (before < namedProblems) out.note(`${path}, line ${line}: ${text}. The line was left out.`);
        else if (before === namedProblems) out.note(`${path}: more lines were left out; they are counted below.`);
      },
    });
    out.progress("");
    await storage.sync();
    const seconds = (performance.now() - began) / 1_000;
    const { bytesWritten } = await storage.inspect();
    out.line(
      `${count(totals.samples)} values of ${count(totals.entities.size)} ${totals.entities.size === 1 ? "entity" : "entities"} read, ${count(totals.stored)} new, ` +
        `in ${seconds.toFixed(1)} s; ${formatBytes(bytesWritten)} written.`,
    );
    if (totals.problems > 0) out.line(`${count(totals.problems)} lines were no values and were left out.`);
    out.document({
      samples: totals.samples,
      stored: totals.stored,
      entities: totals.entities.size,
      problems: totals.problems,
      seconds,
      samplesPerSecond: totals.samples / seconds,
      bytesWritten,
    });
    return totals.problems > 0 ? ExitCode.faultsFound : ExitCode.done;
  },
};
