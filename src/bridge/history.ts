import type { EntityId } from "#model/entity.ts";
import type { Sample } from "#model/sample.ts";
import { sampleOf } from "./entities-event.ts";
import type { Session } from "./session.ts";

/** Entities asked for at once. */
const entitiesPerQuestion = 50;
/** Rows of an answer that are aimed at; about 1.5 MB. An hour of 50 entities on a full line stays below twice that. */
const wantedRows = 20_000;
const shortestWindow = 60_000;
const longestWindow = 3_600_000;
const firstWindow = 900_000;
const deadline = 120_000;

interface HistoryRow {
  readonly s?: unknown;
  readonly lc?: unknown;
  readonly lu?: unknown;
}

export interface HistoryQuestion {
  readonly entityIds: readonly EntityId[];
  /** ms since 1970; from inclusive. */
  readonly from: number;
  readonly to: number;
}

/**
 * What the recorder has, oldest first, a window of time at a time. The window grows and shrinks so that answers stay far below
 * the 4 MiB at which sockets are cut. Throws as `Session.command`.
 */
export async function* readHistory(
  session: Session,
  { entityIds, from, to }: HistoryQuestion,
): AsyncGenerator<readonly Sample[]> {
  for (let index = 0; index < entityIds.length; index += entitiesPerQuestion) {
    const group = entityIds.slice(index, index + entitiesPerQuestion);
    let window = firstWindow;
    for (let begin = from; begin < to;) {
      const end = Math.min(to, begin + window);
      const samples = await ask(session, group, begin, end);
      if (samples.length > 0) yield samples;
      if (samples.length > wantedRows) window = Math.max(shortestWindow, window / 2);
      else if (samples.length < wantedRows / 4) window = Math.min(longestWindow, window * 2);
      begin = end;
    }
  }
}

async function ask(session: Session, entityIds: readonly EntityId[], from: number, to: number): Promise<Sample[]> {
  const answer = await session.command<Readonly<Record<EntityId, unknown>> | null>(
    {
      type: "history/history_during_period",
      start_time: new Date(from).toISOString(),
      end_time: new Date(to).toISOString(),
      entity_ids: entityIds,
      include_start_time_state: false,
      significant_changes_only: false,
      minimal_response: false,
      no_attributes: true,
    },
    deadline,
  );
  return Object.entries(answer ?? {}).flatMap(([entityId, rows]) =>
    Array.isArray(rows) ? rows.flatMap((row: HistoryRow | null) => parseRow(entityId, row ?? {}, from)) : [],
  );
}

/** A row of attributes alone carries the `lc` of the state it belongs to: the same sample again. */
function parseRow(entityId: EntityId, row: HistoryRow, from: number): Sample[] {
  const sample = sampleOf(entityId, row.s, row.lc ?? row.lu);
  return sample === undefined || sample.time < from ? [] : [sample];
}
