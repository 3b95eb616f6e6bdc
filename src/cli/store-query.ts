import { parseDuration } from "#core/duration.ts";
import { CadenceError } from "#core/errors.ts";
import type { Sample } from "#model/sample.ts";
import { Repository } from "#repository/repository.ts";
import { csvHeader, csvLine } from "#sources/csv-writer.ts";
import type { Summary } from "#storage/index.ts";
import { type Command, type FlagValues, readTime, storeFlag, textFlag } from "./command.ts";
import { ExitCode } from "./exit-code.ts";
import { count, instant } from "./format.ts";
import { openForReading, storeDirectory } from "./open-store.ts";
import type { Output } from "./output.ts";
import { type Column, formatTable } from "./table.ts";

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
    step: {
      type: "string",
      value: "1h",
      text: "Summaries of whole stretches of this length instead of the values: 5min, 1h, 1d",
    },
  },
  run: async ({ flags, positionals, out, signal }) => {
    const entityId = positionals[0] as string;
    const range = { ...bound(flags, "from"), ...bound(flags, "to") };
    await using storage = await openForReading(storeDirectory(flags));
    const { samples, longTermStatistics } = await Repository.open(storage);
    const hours = await longTermStatistics.read(entityId);
    if (samples.extent(entityId) === undefined && hours.length === 0) {
      throw new CadenceError("USAGE", `Nothing is stored of ${entityId}.`, {
        remedy: "All entities with their values: npm run --silent cadence -- report",
      });
    }
    const step = textFlag(flags, "step");
    if (step !== undefined) {
      const { first, last } = samples.extent(entityId) ?? { first: Number.POSITIVE_INFINITY, last: 0 };
      const { from, to } = {
        from: Math.min(first, hours[0]?.start ?? first),
        to: Math.max(last + 1, (hours.at(-1)?.start ?? 0) + 3_600_000),
        ...range,
      };
      const rows = await longTermStatistics.summarize(entityId, { from, to, step: parseDuration(step) });
      return printSummaries(entityId, rows, out);
    }
    const slices = unlessAborted(samples.read(entityId, range), signal);
    if (out.json) await out.list({ entityId }, "rows", rowsOf(slices));
    else {
      out.raw(csvHeader);
      for await (const slice of slices) out.raw(slice.map(csvLine).join(""));
    }
    return ExitCode.done;
  },
};

async function* unlessAborted(
  slices: AsyncIterable<readonly Sample[]>,
  signal: AbortSignal,
): AsyncGenerator<readonly Sample[]> {
  for await (const slice of slices) {
    signal.throwIfAborted();
    yield slice;
  }
}

/** The entity stands once, above all rows. */
async function* rowsOf(
  slices: AsyncIterable<readonly Sample[]>,
): AsyncGenerator<readonly Pick<Sample, "time" | "state">[]> {
  for await (const slice of slices) yield slice.map(({ time, state }) => ({ time, state }));
}

function printSummaries(entityId: string, rows: readonly Summary[], out: Output): ExitCode {
  const figure = (value: number | undefined): string =>
    value === undefined ? "" : String(Number(value.toPrecision(6)));
  const columns: Column<Summary>[] = [
    { title: "from (UTC)", value: ({ start }) => instant(start) },
    { title: "values", align: "right", value: ({ samples }) => count(samples) },
    { title: "minimum", align: "right", value: ({ minimum }) => figure(minimum) },
    { title: "mean over time", align: "right", value: ({ timeWeightedMean }) => figure(timeWeightedMean) },
    { title: "maximum", align: "right", value: ({ maximum }) => figure(maximum) },
  ];
  for (const line of formatTable(rows, columns, out.width)) out.line(line);
  out.document({ entityId, rows });
  return ExitCode.done;
}

function bound(flags: FlagValues, name: "from" | "to"): { from?: number; to?: number } {
  const text = textFlag(flags, name);
  if (text === undefined) return {};
  return { [name]: readTime(name, text) };
}
