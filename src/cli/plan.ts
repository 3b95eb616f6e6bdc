import { basename, join } from "node:path";
import { findOut } from "#app/analysis.ts";
import { planBuses } from "#app/planning.ts";
import { type KnownHome, type PlannedBus, type PlannedEntity, placeOf, planYaml } from "#app/yaml-plan.ts";
import { loadSettings } from "#config/load.ts";
import { wishesOf } from "#config/wishes.ts";
import { formatDuration } from "#core/duration.ts";
import { CadenceError } from "#core/errors.ts";
import { type FilePatch, patchIntervals } from "#modbus/yaml/patch-intervals.ts";
import { readConfiguration } from "#modbus/yaml/read-configuration.ts";
import { unifiedDiff } from "#modbus/yaml/unified-diff.ts";
import { updateAutomations } from "#modbus/yaml/update-automation.ts";
import type { ConfigurationProblem } from "#model/yaml-hub.ts";
import { ConfigurationFolder } from "#sources/configuration-folder.ts";
import { type Command, type FlagValues, numberFlag, storeFlag, textFlag } from "./command.ts";
import { ExitCode } from "./exit-code.ts";
import { percent } from "./format.ts";
import { openKnowledge } from "./open-knowledge.ts";
import { mainFile, openConfiguration } from "./open-configuration.ts";
import { storeDirectory } from "./open-store.ts";
import type { Output } from "./output.ts";
import { planStored } from "./plan-stored.ts";
import { type Column, formatTable } from "./table.ts";

const mostProblems = 20;

export const planCommand: Command = {
  name: "plan",
  summary: "What a Modbus configuration asks of its buses, and better intervals; with --write into the configuration.",
  flags: {
    yaml: { type: "string", value: "FILE", text: "configuration.yaml, a package, or what stands below modbus:" },
    store: storeFlag,
    budget: {
      type: "string",
      value: "0.5",
      text: "Share of each bus that reads may take (default: the option bus_budget)",
    },
    "reads-per-second": {
      type: "string",
      value: "R",
      text: "Without a configuration: reads a second for all that is stored (default: as many as now)",
    },
    diff: { type: "boolean", text: "Print what would change in the configuration" },
    automation: {
      type: "boolean",
      text: "Print automations that ask for entities at the proposed intervals, where an integration cannot be set",
    },
    write: { type: "boolean", text: "Change the configuration; each old file stays beside it" },
  },
  run: async ({ flags, out }) => {
    const yaml = textFlag(flags, "yaml") ?? defaultConfiguration();
    const readsPerSecond = numberFlag(flags, "reads-per-second", { least: 1e-6, most: 1e6 });
    const wants = flags["diff"] === true || flags["write"] === true;
    if (yaml === undefined || readsPerSecond !== undefined) {
      if (wants || textFlag(flags, "yaml") !== undefined) {
        throw new CadenceError(
          "USAGE",
          "--diff and --write need a configuration, and --reads-per-second is for doing without one.",
          {
            remedy: "Write plan --yaml FILE --diff, or plan --reads-per-second 2.",
          },
        );
      }
      return planStored({ flags, out }, { readsPerSecond, automation: flags["automation"] === true });
    }
    const { folder, file, configurationFolder } = await openConfiguration(yaml);
    const configuration = await readConfiguration(configurationFolder, file);
    const budget = budgetOf(flags);
    const plan = planYaml(configuration, await knownHome(flags, budget, out));
    const { problems } = configuration;
    const wanted = new Map(plan.entities.map(({ entity, proposed }) => [placeOf(entity), proposed]));
    const patch = wants
      ? await patchIntervals(configurationFolder, file, (entity) => wanted.get(placeOf(entity)))
      : { files: [], refused: [] };
    const polled = plan.entities.filter(({ entity }) => entity.reads.length > 0 && entity.interval > 0);
    const automations =
      flags["automation"] === true
        ? updateAutomations(polled.map(({ entity, proposed }) => ({ entityId: entity.entityId, interval: proposed })))
        : undefined;
    out.document({
      buses: plan.buses,
      entities: plan.entities.map(entityDocument),
      problems,
      ...(wants ? { files: patch.files.map((each) => ({ file: each.file, diff: unifiedDiff(each).join("\n") })) } : {}),
      ...(automations === undefined ? {} : { automations }),
    });
    for (const bus of plan.buses) out.line(busLine(bus));
    if (plan.entities.length > 0) {
      out.line();
      for (const line of formatTable(plan.entities, columns, out.width)) out.line(line);
    }
    if (problems.length > 0) out.line();
    for (const line of problemLines(problems)) out.line(line);
    for (const each of patch.files) {
      out.line();
      for (const line of unifiedDiff(each)) out.line(line);
    }
    for (const { name, file: where, line } of patch.refused) {
      out.note(`${name} (${where}:${line}) shares its whole text with another entity and was left as it is.`);
    }
    if (wants && patch.files.length === 0) out.line("Nothing is to be changed.");
    if (automations !== undefined) {
      out.line();
      for (const line of automations.split("\n")) out.line(line);
    }
    if (flags["write"] === true) await write(configurationFolder, folder, patch.files, out);
    return ExitCode.done;
  },
};

async function write(
  configurationFolder: ConfigurationFolder,
  folder: string,
  files: readonly FilePatch[],
  out: Output,
): Promise<void> {
  const stamp = `cadence-${new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-")}`;
  for (const { file, before, after } of files) {
    const backup = await configurationFolder.replace(file, before, after, stamp);
    out.line(`${join(folder, file)} was written; the old one is ${basename(backup)} beside it.`);
  }
  if (files.length > 0) {
    out.line("Home Assistant takes the intervals after Developer tools, YAML, Modbus (or the action modbus.reload).");
  }
}

function defaultConfiguration(): string | undefined {
  const { homeAssistantConfig } = loadSettings();
  return homeAssistantConfig === undefined ? undefined : join(homeAssistantConfig, mainFile);
}

function budgetOf(flags: FlagValues): number {
  return numberFlag(flags, "budget", { least: 0.05, most: 1 }) ?? loadSettings().config.bus_budget;
}

/** What the store knows; nothing when none was named and there is none. */
async function knownHome(flags: FlagValues, budget: number, out: Output): Promise<KnownHome> {
  try {
    await using open = await openKnowledge(storeDirectory(flags));
    const { repository, knowledge, now } = open;
    await findOut(repository, knowledge, now, { progress: (share) => out.progress(`Comparing: ${percent(share)}`) });
    const progress = (share: number): void => out.progress(`Planning reads: ${percent(share)}`);
    knowledge.plans =
      (await planBuses({ repository, knowledge, now, budget, wishOf: wishesOf(loadSettings().config), progress })) ??
      new Map();
    out.progress("");
    return { ...knowledge.describe(now, budget), budget };
  } catch (error) {
    const isOptional = textFlag(flags, "store") === undefined;
    if (isOptional && error instanceof CadenceError && error.code === "STORE_NOT_FOUND") {
      return { entities: [], buses: [], budget };
    }
    throw error;
  }
}

function busLine({ sentence, demandAfter, joined }: PlannedBus): string {
  const line = `${sentence} With the proposed intervals: ${percent(demandAfter)}.`;
  const entities = joined.reduce((sum, { entityIds }) => sum + entityIds.length, 0);
  if (joined.length === entities) return line;
  const load = joined.reduce((sum, { share }) => sum + share, 0);
  return `${line} An integration that joins neighbouring registers could do it in ${joined.length} requests in place of ${entities}, with ${percent(load)}; intervals alone cannot.`;
}

/** The same problem of many lines is said once. */
function problemLines(problems: readonly ConfigurationProblem[]): string[] {
  const alike = Map.groupBy(problems, ({ file, code, text }) => `${file} ${code} ${text}`);
  const lines = [...alike.values()].flatMap((each) => {
    const [first] = each;
    if (first === undefined) return [];
    const others = each.length === 1 ? "" : ` (and ${each.length - 1} more lines)`;
    return [`${first.file}:${first.line}${others}: ${first.text}`];
  });
  const rest = lines.length - mostProblems;
  return [...lines.slice(0, mostProblems), ...(rest > 0 ? [`… and ${rest} more (--json)`] : [])];
}

function entityDocument({ entity, ...planned }: PlannedEntity): Record<string, unknown> {
  const { reads, entityId, name, uniqueId, unit, dataType, interval, intervalIsSet, more, file, line } = entity;
  const [first] = reads;
  return {
    entityId,
    name,
    uniqueId: uniqueId ?? null,
    bus: planned.bus,
    unit,
    registerType: first?.registerType ?? null,
    address: first?.address ?? null,
    count: first?.count ?? 0,
    requests: reads.length,
    type: dataType,
    more,
    interval,
    intervalIsSet,
    predicted: planned.predicted ?? null,
    proposed: planned.proposed,
    share: planned.share,
    reason: planned.reason,
    file,
    line,
  };
}

const columns: readonly Column<PlannedEntity>[] = [
  { title: "Entity", flexible: true, value: ({ entity }) => entity.entityId },
  { title: "Bus", flexible: true, value: ({ bus }) => bus },
  { title: "Unit", align: "right", value: ({ entity }) => String(entity.unit) },
  { title: "Register", align: "right", value: ({ entity: { reads } }) => String(reads[0]?.address ?? "–") },
  { title: "Set", align: "right", value: ({ entity }) => seconds(entity.interval) },
  {
    title: "Really",
    align: "right",
    value: ({ predicted }) => (predicted === undefined ? "–" : `≈ ${seconds(predicted)}`),
  },
  { title: "Bus share", align: "right", value: ({ share }) => (share === 0 ? "–" : `${(share * 100).toFixed(1)} %`) },
  {
    title: "Proposed",
    align: "right",
    value: ({ entity, proposed }) => (proposed === entity.interval ? "keep" : seconds(proposed)),
  },
  { title: "Why", flexible: true, value: ({ reason }) => reason },
];

function seconds(value: number): string {
  return value === 0 ? "on demand" : formatDuration(value * 1_000);
}
