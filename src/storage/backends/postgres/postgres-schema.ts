import type { PoolClient } from "pg";
import { CadenceError } from "#core/errors.ts";
import type { PostgresPool } from "./postgres-pool.ts";

/** "cadence" in ASCII: whoever migrates holds this advisory lock. */
export const migrationLock = 0x63_61_64_65;

/**
 * Steps from an empty data base, in their order; a step that was released is never changed. `samples` is made apart, as TimescaleDB and PostgreSQL's own partitions are told otherwise.
 */
const steps: readonly ((features: Features) => string)[] = [
  () => `
    create table modbus_cadence.entries (
      site smallint not null, key bytea not null, value bytea not null, primary key (site, key));
    create table modbus_cadence.sites (
      site smallint generated always as identity primary key,
      name text not null unique,
      shipped_until bigint,
      told_at timestamptz,
      told jsonb);
    create table modbus_cadence.entities (
      site smallint not null references modbus_cadence.sites,
      entity integer generated always as identity,
      entity_id text not null,
      samples bigint not null default 0,
      primary key (site, entity_id));`,
  ({ hasTimescale, canCompress }) =>
    hasTimescale ? `${hypertable}${canCompress ? compression : ""}${nothingToPrepare}` : partitions,
];

const columns = `
  site smallint not null, entity integer not null, time timestamptz not null, place smallint not null,
  state text not null, value double precision, primary key (site, entity, time, place)`;

const nothingToPrepare = `
  create function modbus_cadence.prepare_months(first timestamptz, last timestamptz) returns void
  language sql as 'select';`;

const hypertable = `
  create table modbus_cadence.samples (${columns});
  select create_hypertable('modbus_cadence.samples', by_range('time', interval '7 days'));`;

const compression = `
  alter table modbus_cadence.samples set (
    timescaledb.compress, timescaledb.compress_segmentby = 'site, entity', timescaledb.compress_orderby = 'time, place');
  select add_compression_policy('modbus_cadence.samples', interval '14 days');`;

/** A partition a month, made when the first sample of it comes, by whoever may only write. */
const partitions = `
  create table modbus_cadence.samples (${columns}) partition by range (time);
  create function modbus_cadence.prepare_months(first timestamptz, last timestamptz) returns void
  language plpgsql security definer set search_path = modbus_cadence, pg_temp as $body$
  declare
    month timestamp := date_trunc('month', first at time zone 'utc');
    name text;
  begin
    while month <= last at time zone 'utc' loop
      name := 'samples_' || to_char(month, 'YYYY_MM');
      if to_regclass('modbus_cadence.' || name) is null then
        perform pg_advisory_xact_lock(${migrationLock});
        execute format('create table if not exists modbus_cadence.%I partition of modbus_cadence.samples for values from (%L) to (%L)',
          name, month at time zone 'utc', (month + interval '1 month') at time zone 'utc');
      end if;
      month := month + interval '1 month';
    end loop;
  end $body$;`;

interface Features {
  readonly hasTimescale: boolean;
  /** TimescaleDB compresses under its community licence alone; distributions ship the other one. */
  readonly canCompress: boolean;
}

/** Brings the data base to this program's version, one step a transaction, under a lock that all sites share. Who may not change tables needs them to be there. Throws STORE_NEWER_FORMAT, STORE_NOT_WRITABLE, STORE_*. */
export async function migrate(pool: PostgresPool): Promise<void> {
  const version = await pool.with(versionOf);
  if (version > steps.length) {
    throw new CadenceError(
      "STORE_NEWER_FORMAT",
      `The PostgreSQL data base has version ${version}; this program knows ${steps.length}.`,
      { remedy: "Update Modbus Cadence; nothing was changed." },
    );
  }
  if (version === steps.length) return;
  await pool.with(async (client) => {
    await client.query("select pg_advisory_lock($1)", [migrationLock]);
    try {
      await client.query("create schema if not exists modbus_cadence");
      await client.query(
        "create table if not exists modbus_cadence.migrations (version integer primary key, at timestamptz not null default now())",
      );
      const { rows } = await client.query<{ present: boolean; licence: string | null }>(
        "select exists (select from pg_extension where extname = 'timescaledb') as present, current_setting('timescaledb.license', true) as licence",
      );
      const features = { hasTimescale: rows[0]?.present === true, canCompress: rows[0]?.licence === "timescale" };
      // Another site may have been first.
      for (let next = (await versionOf(client)) + 1; next <= steps.length; next += 1) {
        await client.query("begin");
        await client.query((steps[next - 1] as (typeof steps)[number])(features));
        await client.query("insert into modbus_cadence.migrations (version) values ($1)", [next]);
        await client.query("commit");
      }
    } finally {
      await client.query("select pg_advisory_unlock($1)", [migrationLock]).catch(() => undefined);
    }
  });
}

async function versionOf(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ there: boolean }>(
    "select to_regclass('modbus_cadence.migrations') is not null as there",
  );
  if (rows[0]?.there !== true) return 0;
  const found = await client.query<{ version: number | null }>(
    "select max(version) as version from modbus_cadence.migrations",
  );
  return found.rows[0]?.version ?? 0;
}

/** The number of a site by its name; the site is made when it is new. */
export async function siteNumber(pool: PostgresPool, name: string): Promise<number> {
  return pool.with(async (client) => {
    await client.query("insert into modbus_cadence.sites (name) values ($1) on conflict (name) do nothing", [name]);
    const { rows } = await client.query<{ site: number }>("select site from modbus_cadence.sites where name = $1", [
      name,
    ]);
    return (rows[0] as { site: number }).site;
  });
}
