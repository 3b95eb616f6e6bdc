import { simulate } from "#app/simulate.ts";
import { readConfiguration } from "#modbus/yaml/read-configuration.ts";
import { formatDuration } from "#core/duration.ts";
import { CadenceError } from "#core/errors.ts";
import type { PolicyResult } from "#pipeline/polling/back-test.ts";
import type { Objective } from "#pipeline/polling/loss.ts";
import { type Command, type FlagValues, numberFlag, textFlag } from "./command.ts";
import { ExitCode } from "./exit-code.ts";
import { count, percent } from "./format.ts";
import { openConfiguration } from "./open-configuration.ts";
import { type Column, formatTable } from "./table.ts";

export const simulateCommand: Command = {
  name: "simulate",
  summary: "Try policies of reading on a recording: learned on its first part, judged on the rest.",
  flags: {
    polled: { type: "string", value: "FILE", text: "Samples (CSV, .gz), best every read, changed or not" },
    "reads-per-second": { type: "string", value: "R", text: "Reads a second that all entities together may take" },
    train: { type: "string", value: "0.5", text: "Share of the recording to learn from" },
    yaml: { type: "string", value: "FILE", text: "Modbus configuration whose intervals are tried as well" },
    objective: { type: "string", value: "error", text: "What policies keep small: error, or staleness" },
  },
  run: async ({ flags, out }) => {
    const path = textFlag(flags, "polled");
    const readsPerSecond = numberFlag(flags, "reads-per-second", { least: 1e-6, most: 1e6 });
    if (path === undefined || readsPerSecond === undefined) {
      throw new CadenceError("USAGE", "A recording and a load are needed.", {
        remedy: "Write simulate --polled FILE --reads-per-second 2.",
      });
    }
    const train = numberFlag(flags, "train", { least: 0.1, most: 0.9 }) ?? 0.5;
    const objective = objectiveOf(flags);
    const yaml = textFlag(flags, "yaml");
    const presentOf = yaml === undefined ? undefined : await configuredIntervals(yaml);
    const progress = (share: number): void => out.progress(`Trying policies: ${percent(share)}`);
    const { policies, gainShare, grid, uniformSeconds } = await simulate({
      path,
      train,
      readsPerSecond,
      objective,
      ...(presentOf === undefined ? {} : { presentOf }),
      progress,
    });
    out.progress("");
    out.document({
      objective,
      uniformSeconds,
      rows: grid.columns[0]?.length ?? 0,
      tickSeconds: grid.tick,
      policies: policies.map(({ intervals, load, ...policy }) => ({
        ...policy,
        load: (load * grid.entityIds.length) / uniformSeconds,
        gainShare: gainShare[policy.name] ?? null,
        intervals: Object.fromEntries(
          grid.entityIds.map((entityId, index) => [entityId, (intervals[index] as number) * grid.tick]),
        ),
      })),
      gainShare: gainShare.plan ?? null,
    });
    const rows = grid.columns[0]?.length ?? 0;
    out.line(
      `${grid.entityIds.length} entities, ${count(rows)} rows of ${formatDuration(grid.tick * 1_000)}; as much load as reading each every ${formatDuration(uniformSeconds * 1_000)}.`,
    );
    out.line();
    const shares = new Map<string, number | undefined>(Object.entries(gainShare));
    const table = policies.map((policy) => ({ ...policy, share: shares.get(policy.name) }));
    for (const line of formatTable(table, columns, out.width)) out.line(line);
    out.line();
    out.line(verdict(policies, objective, presentOf === undefined ? "reading all alike" : "your intervals"));
    return ExitCode.done;
  },
};

/** Intervals by entity id, of those that are set. */
async function configuredIntervals(yaml: string): Promise<(entityId: string) => number | undefined> {
  const { configurationFolder, file } = await openConfiguration(yaml);
  const { hubs } = await readConfiguration(configurationFolder, file);
  const intervals = new Map(
    hubs.flatMap(({ entities }) => entities.map(({ entityId, interval }) => [entityId, interval] as const)),
  );
  return (entityId) => {
    const interval = intervals.get(entityId);
    return interval === 0 ? undefined : interval;
  };
}

/** What follows for somebody who reads all alike: nothing is advised that is not better with confidence. */
function verdict(policies: readonly PolicyResult[], objective: Objective, present: string): string {
  const [plan, drive] = (["plan", "drive"] as const).map(
    (name) => policies.find((policy) => policy.name === name)?.against,
  );
  const better = ({ mean, low, high }: PolicyResult["against"]): string =>
    `${percent(-mean)} less ${objective} (${percent(-high)} to ${percent(-low)})`;
  if (plan !== undefined && plan.high < 0) {
    const more =
      drive !== undefined && drive.high < 0 ? `; choosing each read when its time has come, ${better(drive)}` : "";
    return `A plan gives ${better(plan)} than ${present}${more}.`;
  }
  if (drive !== undefined && drive.high < 0) {
    return `No fixed plan is better with confidence; choosing each read when its time has come gives ${better(drive)}.`;
  }
  return `Your intervals are fine: nothing is better with confidence than ${present}.`;
}

function objectiveOf(flags: FlagValues): Objective {
  const text = textFlag(flags, "objective") ?? "error";
  if (text === "error" || text === "staleness") return text;
  throw new CadenceError("USAGE", `--objective must be error or staleness, got “${text}”.`);
}

interface Row extends PolicyResult {
  readonly share: number | undefined;
}

const columns: readonly Column<Row>[] = [
  { title: "Policy", value: ({ name }) => name },
  { title: "Load", align: "right", value: ({ load }) => load.toFixed(2) },
  { title: "Error", align: "right", value: ({ error }) => error.toFixed(4) },
  { title: "Stale", align: "right", value: ({ staleness }) => `${(staleness * 100).toFixed(1)} %` },
  {
    title: "Against the first (95 %)",
    align: "right",
    value: ({ against: { mean, low, high } }) =>
      mean === 0 && low === 0 && high === 0 ? "–" : `${signed(mean)} (${signed(low)} to ${signed(high)})`,
  },
  { title: "Of what is possible", align: "right", value: ({ share }) => (share === undefined ? "–" : percent(share)) },
];

function signed(share: number): string {
  return `${share > 0 ? "+" : ""}${(share * 100).toFixed(1)} %`;
}
