import { findOut } from "#app/analysis.ts";
import { planBuses } from "#app/planning.ts";
import { loadSettings } from "#config/load.ts";
import { wishesOf } from "#config/wishes.ts";
import type { Knowledge } from "#app/knowledge.ts";
import { formatDuration } from "#core/duration.ts";
import { type Findings, noFindings } from "#model/findings.ts";
import type { EntityOverview } from "#model/overview.ts";
import { evenlySpaced, type Trace } from "#pipeline/grid/trace.ts";
import type { Repository } from "#repository/repository.ts";
import { type Command, storeFlag } from "./command.ts";
import { ExitCode } from "./exit-code.ts";
import { count, percent } from "./format.ts";
import { openKnowledge } from "./open-knowledge.ts";
import { storeDirectory } from "./open-store.ts";
import type { Output } from "./output.ts";
import { reportDocument } from "./report-document.ts";
import { findingLines } from "./report-findings.ts";
import { sparkLine } from "./spark-line.ts";
import { type Column, formatTable } from "./table.ts";

/** Characters of a spark line. */
const sparks = 12;

export const reportCommand: Command = {
  name: "report",
  summary: "What is known of every entity and bus.",
  flags: { store: storeFlag },
  run: async ({ flags, out }) => {
    await using open = await openKnowledge(storeDirectory(flags));
    const { repository, knowledge, now } = open;
    const { config } = loadSettings();
    const budget = await repository.adjustments.get("busBudget", config.bus_budget);
    const findings = await compare(repository, knowledge, now, out);
    knowledge.plans =
      (await planBuses({ repository, knowledge, now, budget, wishOf: wishesOf(config), progress: planning(out) })) ??
      new Map();
    out.progress("");
    const { buses, entities } = knowledge.describe(now, budget);
    out.document(reportDocument(entities, buses, findings, (entityId) => knowledge.details(entityId, now)));
    if (entities.length === 0) out.line("Nothing is known yet.");
    for (const { load, sentence, plan } of buses) {
      out.line(load.counted === 0 ? sentence : `${sentence} With the advice: ${percent(load.utilisationAfter)}.`);
      if (plan !== undefined) out.line(plan.sentence);
    }
    out.line();
    const rows = entities.map((overview) => ({
      ...overview,
      trace: knowledge.traces.states.get(overview.entity.entityId),
    }));
    for (const line of formatTable(rows, columns, out.width)) out.line(line);
    for (const line of findingLines(findings, out.width)) out.line(line);
    return ExitCode.done;
  },
};

async function compare(repository: Repository, knowledge: Knowledge, now: number, out: Output): Promise<Findings> {
  const progress = (share: number): void => out.progress(`Comparing signals: ${percent(share)}`);
  const findings = await findOut(repository, knowledge, now, { progress });
  out.progress("");
  return findings ?? noFindings;
}

function planning(out: Output): (share: number) => void {
  return (share) => out.progress(`Planning reads: ${percent(share)}`);
}

interface Row extends EntityOverview {
  readonly trace: Trace | undefined;
}

const columns: readonly Column<Row>[] = [
  { title: "Entity", flexible: true, value: ({ entity }) => entity.entityId },
  { title: "Lately", value: ({ trace }) => (trace === undefined ? "" : sparkLine(evenlySpaced(trace, sparks))) },
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
  { title: "Does", value: ({ pattern }) => pattern?.kind ?? "–" },
  { title: "Why", flexible: true, value: ({ advice }) => advice?.reason ?? "–" },
];

function seconds(value: number | undefined): string {
  return value === undefined ? "–" : formatDuration(value * 1_000);
}
