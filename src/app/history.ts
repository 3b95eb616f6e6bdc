import { formatDuration } from "#core/duration.ts";
import type { EntityId } from "#model/entity.ts";
import type { Gap } from "#model/gap.ts";
import type { HistoryEvent } from "#model/history-event.ts";
import type { IntervalRecord } from "#model/interval-record.ts";

const mostEvents = 500;
const namedEntities = 3;

const causes: Readonly<Record<Gap["cause"], string>> = {
  start: "Cadence was not running",
  "connection-lost": "Home Assistant was away",
  "home-assistant-restarted": "Home Assistant was restarted",
  refused: "Values came faster than they could be taken",
  silence: "Nothing was heard",
  "host-clock": "This machine's clock was set",
  "home-assistant-clock": "Home Assistant's clock was set",
};

/** Decisions and gaps as events, the newest first; what was decided in one go is one event. */
export function historyOf(
  records: readonly IntervalRecord[],
  gaps: readonly Gap[],
  nameOf: (entityId: EntityId) => string,
): readonly HistoryEvent[] {
  const decisions = [...Map.groupBy(records, ({ time, origin }) => `${time} ${origin}`).values()].map((together) =>
    decisionOf(together, nameOf),
  );
  const events = [...decisions, ...gaps.map(gapOf)];
  return events.toSorted((a, b) => b.time - a.time).slice(0, mostEvents);
}

function decisionOf(together: readonly IntervalRecord[], nameOf: (entityId: EntityId) => string): HistoryEvent {
  const [first] = together as readonly [IntervalRecord, ...IntervalRecord[]];
  const count = `${together.length} ${together.length === 1 ? "interval" : "intervals"}`;
  const one = together.length === 1 ? `${nameOf(first.entityId)}: ${changeOf(first)}. ${first.reason}` : undefined;
  const some = together.slice(0, namedEntities).map((record) => `${nameOf(record.entityId)} ${changeOf(record)}`);
  const more = together.length > namedEntities ? ` and ${together.length - namedEntities} more` : "";
  const known: Readonly<Record<string, readonly [HistoryEvent["kind"], string]>> = {
    plan: ["plan", `A plan proposed ${count}`],
    configuration: ["configuration", `You set ${count} in the configuration`],
  };
  const [kind, title] = known[first.origin] ?? ["earlier", `The older package decided ${count}`];
  return {
    time: first.time,
    kind,
    title,
    detail: one ?? `${some.join(", ")}${more}.`,
    entityIds: together.map(({ entityId }) => entityId),
  };
}

function changeOf({ before, interval }: IntervalRecord): string {
  const text = (seconds: number): string => (seconds === 0 ? "on demand" : formatDuration(seconds * 1_000, 2));
  return before === undefined ? text(interval) : `${text(before)} → ${text(interval)}`;
}

function gapOf({ from, to, cause }: Gap): HistoryEvent {
  const isClock = cause === "host-clock" || cause === "home-assistant-clock";
  return {
    time: from,
    kind: "gap",
    title: causes[cause],
    detail: isClock
      ? "Times on both sides of it are not compared."
      : `For ${formatDuration(Math.max(0, to - from), 2)}; what was missed came from the recorder's history where it has it.`,
    entityIds: [],
  };
}
