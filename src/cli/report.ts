import { loadSettings } from "#config/load.ts";
import { Knowledge } from "#app/knowledge.ts";
import { restoreKnowledge } from "#app/learning.ts";
import { formatDuration } from "#core/duration.ts";
import type { EntityOverview } from "#model/overview.ts";
import { Repository } from "#repository/repository.ts";
import { type Command, storeFlag } from "./command.ts";
import { ExitCode } from "./exit-code.ts";
import { count, percent } from "./format.ts";
import { openForReading, storeDirectory } from "./open-store.ts";
import { type Column, formatTable } from "./table.ts";

export const reportCommand: Command = {
  name: "report",
  summary: "What is known of every entity and bus.",
  flags: { store: storeFlag },
  run: async ({ flags, out }) => {
    await using storage = await openForReading(storeDirectory(flags));
    const repository = await Repository.open(storage);
    const knowledge = new Knowledge();
    await restoreKnowledge(repository, knowledge);
    const described = new Set(knowledge.entities.map(({ entityId }) => entityId));
    const stored = repository.samples.entityIds().filter((entityId) => !described.has(entityId));
    // Samples from files come without a description of their entity.
    knowledge.setEntities([
      ...knowledge.entities,
      ...stored.map((entityId) => ({ entityId, integration: "files", name: entityId })),
    ]);
    const newest = storage.series.totals().newest ?? 0;
    const { config } = loadSettings();
    const budget = await repository.adjustments.busBudget(config.bus_budget);
    const { buses, entities } = knowledge.describe(newest, budget);
    out.document({
      entities: entities.map(reportEntity),
      buses: buses.map(({ bus, load, sentence }) => ({
        name: bus.name,
        type: bus.type,
        requestsPerSecond: load.requestsPerSecond,
        utilisation: load.utilisation,
        utilisationAfter: load.utilisationAfter,
        timeOutShare: load.timeOutShare,
        sentence,
      })),
    });
    if (entities.length === 0) out.line("Nothing is known yet.");
    for (const { load, sentence } of buses) {
      out.line(load.counted === 0 ? sentence : `${sentence} With the advice: ${percent(load.utilisationAfter)}.`);
    }
    out.line();
    for (const line of formatTable(entities, columns, out.width)) out.line(line);
    return ExitCode.done;
  },
};

function reportEntity({ entity, busId, statistics, interval, advice }: EntityOverview): Record<string, unknown> {
  return {
    entityId: entity.entityId,
    samples: statistics?.samples ?? 0,
    changes: statistics?.changes ?? 0,
    changeRatePerHour: statistics?.changeRate?.perHour ?? null,
    kind: statistics?.kind ?? "unknown",
    resolution: statistics?.resolution ?? null,
    mean: statistics?.mean ?? null,
    minimum: statistics?.minimum ?? null,
    maximum: statistics?.maximum ?? null,
    availability: statistics?.availability ?? null,
    bus: busId ?? null,
    effectiveInterval: interval?.seconds ?? null,
    jitter: interval?.jitter ?? null,
    effectiveIntervalFrom: interval?.origin ?? null,
    recommendedInterval: advice?.recommended ?? null,
    reason: advice?.reason ?? null,
  };
}

const columns: readonly Column<EntityOverview>[] = [
  { title: "Entity", flexible: true, value: ({ entity }) => entity.entityId },
  { title: "Kind", value: ({ statistics }) => statistics?.kind ?? "–" },
  { title: "Values", align: "right", value: ({ statistics }) => count(statistics?.samples ?? 0) },
  { title: "Changes", align: "right", value: ({ statistics }) => count(statistics?.changes ?? 0) },
  {
    title: "Really",
    align: "right",
    value: ({ interval }) => `${interval?.origin === "changes" ? "≈ " : ""}${seconds(interval?.seconds)}`,
  },
  {
    title: "Advice",
    align: "right",
    value: ({ advice }) => (advice?.action === "keep" ? "keep" : seconds(advice?.recommended)),
  },
  { title: "Why", flexible: true, value: ({ advice }) => advice?.reason ?? "–" },
];

function seconds(value: number | undefined): string {
  return value === undefined ? "–" : formatDuration(value * 1_000);
}
