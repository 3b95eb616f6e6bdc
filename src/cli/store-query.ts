import { CadenceError } from "#core/errors.ts";
import { SampleRepository } from "#repository/samples.ts";
import { csvHeader, csvLine } from "#sources/csv-writer.ts";
import { type Command, type FlagValues, readTime, storeFlag, textFlag } from "./command.ts";
import { ExitCode } from "./exit-code.ts";
import { openForReading, storeDirectory } from "./open-store.ts";

export const storeQueryCommand: Command = {
  name: "store query",
  summary: "The values of one entity, oldest first.",
  operands: "ENTITY",
  operandCount: { minimum: 1, maximum: 1 },
  flags: {
    store: storeFlag,
    from: {
      type: "string",
      value: "TIME",
      text: "From this time on: 2026-11-20, 2026-11-20T03:00:00Z, or ms since 1970",
    },
    to: { type: "string", value: "TIME", text: "Before this time" },
  },
  run: async ({ flags, positionals, out, signal }) => {
    const entityId = positionals[0] as string;
    const range = { ...bound(flags, "from"), ...bound(flags, "to") };
    await using storage = await openForReading(storeDirectory(flags));
    const samples = new SampleRepository(storage);
    if (samples.extent(entityId) === undefined) {
      throw new CadenceError("USAGE", `Nothing is stored of ${entityId}.`, {
        remedy: "All entities with their values: npm run --silent cadence -- report",
      });
    }
    const rows: { time: number; state: string }[] = [];
    if (!out.json) out.raw(csvHeader);
    for await (const slice of samples.read(entityId, range)) {
      signal.throwIfAborted();
      if (out.json) rows.push(...slice.map(({ time, state }) => ({ time, state })));
      else out.raw(slice.map(csvLine).join(""));
    }
    out.document({ entityId, rows });
    return ExitCode.done;
  },
};

function bound(flags: FlagValues, name: "from" | "to"): { from?: number; to?: number } {
  const text = textFlag(flags, name);
  if (text === undefined) return {};
  return { [name]: readTime(name, text) };
}
