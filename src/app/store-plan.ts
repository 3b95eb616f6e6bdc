import { Breath } from "#core/breathe.ts";
import { planReads, type PlanInput, type PlannedInterval } from "#pipeline/polling/plan.ts";
import type { Repository } from "#repository/repository.ts";
import { findOut } from "./analysis.ts";
import type { Knowledge } from "./knowledge.ts";
import { formulasOf, planInput } from "./planning.ts";

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

/** A plan for what is stored, one bus of equal costs: what each read showed is replayed from the stored changes. */
export async function planStore({
  repository,
  knowledge,
  now,
  readsPerSecond,
  progress,
}: StorePlanOptions): Promise<StorePlan> {
  await findOut(repository, knowledge, now, { progress: (share) => progress?.(share / 2) });
  const formulas = formulasOf(knowledge);
  const { entities } = knowledge.describe(now, 1);
  const read = entities.filter(({ interval, statistics }) => interval !== undefined && statistics !== undefined);
  const breath = new Breath();
  const inputs: PlanInput[] = [];
  for (const [index, overview] of read.entries()) {
    inputs.push(await planInput(repository, overview, now, formulas.get(overview.entity.entityId)));
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
