import { type Verdict, verdictOf } from "#diagnostics/verdict.ts";
import type { Overview } from "#model/overview.ts";
import { type EntityRow, entityRow } from "./entity-row.ts";

/** What the panel's pages are made of: the overview, of each entity a row, and its first sentence. */
export interface PanelState extends Omit<Overview, "entities"> {
  readonly entities: readonly EntityRow[];
  readonly verdict: Verdict;
}

/** What became different: whole sections, and single entities. `entityIds` is the order, when it or the set changed. */
export interface OverviewChange {
  readonly at: number;
  readonly sections: Partial<Omit<PanelState, "at" | "entities">>;
  readonly entities: readonly EntityRow[];
  readonly entityIds?: readonly string[];
}

const sections = ["product", "connection", "ingest", "storage", "publishing", "drive", "buses", "verdict"] as const;

export function panelState(overview: Overview): PanelState {
  return { ...overview, entities: overview.entities.map(entityRow), verdict: verdictOf(overview) };
}

/** Undefined when nothing but the time is different. */
export function changeBetween(before: PanelState, after: PanelState): OverviewChange | undefined {
  const changed = Object.fromEntries(
    sections.filter((name) => !same(before[name], after[name])).map((name) => [name, after[name]]),
  );
  const known = new Map(before.entities.map((entity) => [entity.entity.entityId, entity]));
  const entities = after.entities.filter((entity) => !same(known.get(entity.entity.entityId), entity));
  const idsBefore = before.entities.map(({ entity }) => entity.entityId);
  const entityIds = after.entities.map(({ entity }) => entity.entityId);
  const reordered = !same(idsBefore, entityIds);
  if (Object.keys(changed).length === 0 && entities.length === 0 && !reordered) return undefined;
  return { at: after.at, sections: changed, entities, ...(reordered ? { entityIds } : {}) };
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
