import { Breath } from "#core/breathe.ts";
import { normalize } from "#ingest/normalize.ts";
import { formulaOf } from "#model/identity.ts";
import type { EntityOverview } from "#model/overview.ts";
import { valueOf } from "#pipeline/polling/polled-grid.ts";
import { planReads, type PlanInput, type PlannedInterval } from "#pipeline/polling/plan.ts";
import type { Repository } from "#repository/repository.ts";
import { findOut } from "./analysis.ts";
import type { Knowledge } from "./knowledge.ts";

export interface StorePlanOptions {
  readonly repository: Repository;
  readonly knowledge: Knowledge;
  /** ms since 1970: the newest that is stored. */
  readonly now: number;
  /** Reads a second that all together may take; as many as now where it is not given. */
  readonly readsPerSecond?: number;
  readonly progress?: (share: number) => void;
}

export interface StorePlan {
  /** Of those whose interval is known. */
  readonly entities: readonly PlannedInterval[];
  /** Entities of which no read shows. */
  readonly unknown: readonly string[];
  readonly readsPerSecond: number;
  readonly readsPerSecondAfter: number;
}

/** What is older says little about now. */
const newestDays = 14;
const mostReads = 20_000;
const switching: ReadonlySet<string> = new Set(["binary", "enum", "text"]);

/** A plan for what is stored, one bus of equal costs: what each read showed is replayed from the stored changes. */
export async function planStore({
  repository,
  knowledge,
  now,
  readsPerSecond,
  progress,
}: StorePlanOptions): Promise<StorePlan> {
  const findings = await findOut(repository, knowledge, now, { progress: (share) => progress?.(share / 2) });
  const formulas = new Map(
    findings?.identities.map((identity) => [identity.entityId, formulaOf(identity, (entityId) => entityId)]),
  );
  const { entities } = knowledge.describe(now, 1);
  const read = entities.filter(({ interval, statistics }) => interval !== undefined && statistics !== undefined);
  const breath = new Breath();
  const inputs: PlanInput[] = [];
  for (const [index, overview] of read.entries()) {
    inputs.push(await inputOf(repository, overview, now, formulas.get(overview.entity.entityId)));
    progress?.(0.5 + index / read.length / 2);
    await breath.take();
  }
  const present = inputs.reduce((sum, each) => sum + 1 / each.present, 0);
  const planned = planReads(inputs, readsPerSecond ?? present);
  const known = new Set(read.map(({ entity }) => entity.entityId));
  return {
    entities: planned,
    unknown: entities.map(({ entity }) => entity.entityId).filter((entityId) => !known.has(entityId)),
    readsPerSecond: present,
    readsPerSecondAfter: planned.reduce((sum, { proposed }) => sum + 1 / proposed, 0),
  };
}

async function inputOf(
  repository: Repository,
  { entity: { entityId }, interval, statistics, refreshSeconds }: EntityOverview,
  now: number,
  formula: string | undefined,
): Promise<PlanInput> {
  const seconds = interval?.seconds ?? 1;
  return {
    entityId,
    present: seconds,
    reads: await readsOf(repository, entityId, seconds, now),
    objective: switching.has(statistics?.kind ?? "") ? "staleness" : "error",
    ...(refreshSeconds === undefined ? {} : { refresh: refreshSeconds }),
    ...(formula === undefined ? {} : { formula }),
  };
}

/** What reads every so many seconds showed, from the stored changes: the newest ones. */
async function readsOf(
  repository: Repository,
  entityId: string,
  seconds: number,
  now: number,
): Promise<PlanInput["reads"]> {
  const from = Math.max(now - newestDays * 86_400_000, now - mostReads * seconds * 1_000);
  const reads: { tick: number; value: number }[] = [];
  const texts = new Map<string, number>();
  const last = repository.samples.last(entityId);
  // It has not changed since: every read showed the same.
  const still = last !== undefined && last.time < from ? normalize(last) : undefined;
  let [next, shown] = still === undefined ? [Number.NaN, Number.NaN] : [from, valueOf(still, texts)];
  const readUntil = (time: number): void => {
    for (; next < time; next += seconds * 1_000) reads.push({ tick: Math.round((next - from) / 1_000), value: shown });
  };
  for await (const samples of repository.samples.read(entityId, { from })) {
    for (const sample of samples) {
      const reading = normalize(sample);
      if (reading === undefined) continue;
      if (Number.isNaN(next)) next = reading.time;
      readUntil(reading.time);
      shown = valueOf(reading, texts);
    }
  }
  readUntil(now + 1);
  return reads;
}
