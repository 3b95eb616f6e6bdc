/** Names of the columns of each table that matters; empty where there is no such table. */
export interface RecorderColumns {
  readonly states: ReadonlySet<string>;
  readonly statesMeta: ReadonlySet<string>;
  readonly statistics: ReadonlySet<string>;
  readonly statisticsMeta: ReadonlySet<string>;
}

/** What one kind of data base writes in its own way. */
export interface RecorderDialect {
  /** The `number`th parameter. */
  readonly parameter: (number: number) => string;
  /** Unix seconds of a column that holds a time as text in UTC; absent where such columns are not read. */
  readonly secondsOf?: (column: string) => string;
}

/** A part of the rows that has an order of its own. */
export interface RecorderPart {
  readonly kind: "states" | "statistics";
  /** Whether the last read of a state is kept. */
  readonly reads: boolean;
  /** `at` of a time in Unix seconds; minus infinity is in front of every row. */
  readonly atOf: (seconds: number) => number | string;
  /** Rows (see StateRow, StatisticsRow) behind a place (parameters `at`, and `id`) in their order; a limit belongs behind it. */
  readonly page: string;
  /** The newest time, in Unix seconds. */
  readonly extent: string;
  /** `at` of the row with an id (parameter). */
  readonly place: string;
}

/**
 * How states are asked for: rows in which a state came into being. In the schema of today (41, 2023.4) times are `…_ts`, and `last_changed_ts` is null when it equals
 * `last_updated_ts`; where it differs, attributes alone changed. Before, times were texts in UTC, and entity ids stood in the row. While Home Assistant moves from one to the other
 * both occur in one table, and the old columns stay, empty. A null state marks a removed entity. Undefined when it is none of these.
 */
export function recorderParts(columns: RecorderColumns, dialect: RecorderDialect): readonly RecorderPart[] | undefined {
  const states = stateParts(columns, dialect);
  return states === undefined ? undefined : [...states, ...statisticsParts(columns, dialect)];
}

function stateParts(
  { states, statesMeta }: RecorderColumns,
  { parameter, secondsOf }: RecorderDialect,
): readonly RecorderPart[] | undefined {
  const hasMeta = states.has("metadata_id") && statesMeta.has("entity_id");
  const hasNumbers = states.has("last_updated_ts") && states.has("last_changed_ts");
  const hasTexts = secondsOf !== undefined && states.has("last_updated") && states.has("last_changed");
  if (!states.has("state") || !(hasNumbers || hasTexts) || !(hasMeta || states.has("entity_id"))) return undefined;
  const entity = [...(hasMeta ? ["m.entity_id"] : []), ...(states.has("entity_id") ? ["s.entity_id"] : [])];
  const entityId = entity.length === 1 ? (entity[0] as string) : `coalesce(${entity.join(", ")})`;
  const from = hasMeta ? "states s left join states_meta m on m.metadata_id = s.metadata_id" : "states s";
  const part = (order: string, changed: string, updated: string, only: string): Omit<RecorderPart, "atOf"> => ({
    kind: "states",
    reads: states.has("last_reported_ts"),
    // By a plain column: its index gives the order, without sorting.
    page: `
      select ${entityId} as entityId, ${updated} as updated, s.state as state, ${order} as at, s.state_id as id,
        ${states.has("last_reported_ts") ? "s.last_reported_ts" : "null"} as reported
      from ${from}
      where ${order} >= ${parameter(1)} and (${order} > ${parameter(1)} or s.state_id > ${parameter(2)}) ${only}
        and s.state is not null and ${entityId} is not null and (${changed} is null or ${changed} = ${order})
      order by ${order}, s.state_id`,
    extent: `select max(${updated}) from states s where ${order} is not null ${only}`,
    place: `select ${order} from states s where s.state_id = ${parameter(1)}`,
  });
  const texts = hasTexts
    ? [
        {
          atOf: textOf,
          ...part(
            "s.last_updated",
            "s.last_changed",
            secondsOf("s.last_updated"),
            hasNumbers ? "and s.last_updated_ts is null" : "",
          ),
        },
      ]
    : [];
  const numbers = hasNumbers
    ? [
        {
          atOf: secondsOrLeast,
          ...part("s.last_updated_ts", "s.last_changed_ts", "s.last_updated_ts", ""),
        },
      ]
    : [];
  return [...texts, ...numbers];
}

/**
 * Hours of entities, since 2023.3 with their times as numbers; of older ones Home Assistant has moved them. Those of outside sources have ids of another form
 * and are none of an entity.
 */
function statisticsParts(
  { statistics, statisticsMeta }: RecorderColumns,
  { parameter }: RecorderDialect,
): readonly RecorderPart[] {
  const needed = ["metadata_id", "start_ts", "mean", "min", "max", "state", "sum"];
  if (!needed.every((column) => statistics.has(column)) || !statisticsMeta.has("statistic_id")) return [];
  return [
    {
      kind: "statistics",
      reads: false,
      atOf: secondsOrLeast,
      page: `
      select m.statistic_id as entityId, s.start_ts as started, s.state as state, s.start_ts as at, s.id as id,
        s.mean as mean, s.min as minimum, s.max as maximum, s.sum as total
      from statistics s join statistics_meta m on m.id = s.metadata_id
      where s.start_ts >= ${parameter(1)} and (s.start_ts > ${parameter(1)} or s.id > ${parameter(2)})
      order by s.start_ts, s.id`,
      extent: "select max(start_ts) from statistics",
      place: `select start_ts from statistics where id = ${parameter(1)}`,
    },
  ];
}

function secondsOrLeast(seconds: number): number {
  return Math.max(seconds, -Number.MAX_VALUE);
}

/** As Home Assistant wrote times once: `2021-03-04 05:06:07.000000`, in UTC. */
function textOf(seconds: number): string {
  if (!Number.isFinite(seconds)) return "";
  return `${new Date(seconds * 1_000).toISOString().slice(0, -1).replace("T", " ")}000`;
}
