import { DatabaseSync } from "node:sqlite";

/** The tables of a recorder that matter, with their rows, as SQL that PostgreSQL and MariaDB understand alike. */
export function* recorderAsSql(path: string): Generator<string> {
  using database = new DatabaseSync(path, { readOnly: true });
  yield "create table states_meta (metadata_id bigint primary key, entity_id varchar(255))";
  yield (
    "create table states (state_id bigint primary key, entity_id char(1), state varchar(255), last_changed timestamp null, last_changed_ts double precision, " +
      "last_reported_ts double precision, last_updated timestamp null, last_updated_ts double precision, metadata_id bigint)"
  );
  yield "create table statistics_meta (id bigint primary key, statistic_id varchar(255))";
  yield (
    "create table statistics (id bigint primary key, metadata_id bigint, start_ts double precision, mean double precision, " +
      "min double precision, max double precision, state double precision, sum double precision)"
  );
  yield "create index ix_states_last_updated_ts on states (last_updated_ts)";
  yield* inserts("states_meta", database.prepare("select metadata_id, entity_id from states_meta").all());
  yield* inserts(
    "states",
    database
      .prepare("select state_id, state, last_changed_ts, last_reported_ts, last_updated_ts, metadata_id from states")
      .all(),
  );
  yield* inserts("statistics_meta", database.prepare("select id, statistic_id from statistics_meta").all());
  yield* inserts(
    "statistics",
    database.prepare("select id, metadata_id, start_ts, mean, min, max, state, sum from statistics").all(),
  );
}

function* inserts(table: string, rows: readonly Record<string, unknown>[]): Generator<string> {
  const columns = Object.keys(rows[0] ?? {});
  for (let begin = 0; begin < rows.length; begin += 500) {
    const values = rows
      .slice(begin, begin + 500)
      .map((row) => `(${columns.map((name) => literal(row[name])).join(", ")})`);
    yield `insert into ${table} (${columns.join(", ")}) values ${values.join(", ")}`;
  }
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return "null";
  return typeof value === "number" ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
}
