import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { PoolClient } from "pg";
import type { CopyStreamQuery } from "pg-copy-streams";
import { copyFrames, type SampleRow } from "./copy-frames.ts";
import { attempt } from "./postgres-errors.ts";
import { type PostgresOptions, PostgresPool } from "./postgres-pool.ts";
import { migrate, siteNumber } from "./postgres-schema.ts";

export interface SiteSamplesOptions extends PostgresOptions {
  /** The name under which this site stands in the data base. */
  readonly site: string;
}

/** A sample on its way to the server. */
export interface SiteSample {
  readonly entityId: string;
  /** ms since 1970. */
  readonly time: number;
  readonly state: string;
}

/** What a site has told of itself last. Times in ms since 1970. */
export interface SiteTold {
  readonly site: string;
  /** Everything before it has arrived; absent before the first samples. */
  readonly shippedUntil?: number;
  readonly toldAt?: number;
  readonly told?: unknown;
  /** Of all its entities. */
  readonly samples: number;
  readonly entities: number;
}

/** Rows of one statement: some megabytes. */
const rowsAtOnce = 20_000;
const readAtOnce = 5_000;

/**
 * The samples of one site in the table that all sites share, partitioned by time. The identity of a sample is site, entity, time, and its place among those of the same millisecond: what is there already is not stored again, so that whatever
 * is sent twice, by a site that does not know whether the server got it, counts once.
 */
export class SiteSamples implements AsyncDisposable {
  readonly #pool: PostgresPool;
  readonly #site: number;
  /** Numbers of entities by their ids, as far as they were asked for. */
  readonly #entities = new Map<string, number>();
  #preparedFrom = Number.POSITIVE_INFINITY;
  #preparedTo = Number.NEGATIVE_INFINITY;

  private constructor(pool: PostgresPool, site: number) {
    this.#pool = pool;
    this.#site = site;
  }

  /** Throws STORE_NEWER_FORMAT, STORE_NOT_WRITABLE, STORE_IO. */
  static async open({ site, ...options }: SiteSamplesOptions): Promise<SiteSamples> {
    const pool = await PostgresPool.open(options);
    try {
      await migrate(pool);
      return new SiteSamples(pool, await siteNumber(pool, site));
    } catch (error) {
      await pool[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Up to when everything has arrived; undefined before the first samples. */
  async shippedUntil(): Promise<number | undefined> {
    const { rows } = await this.#pool.with((client) =>
      client.query<{ until: string | null }>(
        "select shipped_until as until from modbus_cadence.sites where site = $1",
        [this.#site],
      ),
    );
    const until = rows[0]?.until ?? undefined;
    return until === undefined ? undefined : Number(until);
  }

  /** How many samples of each entity have arrived. */
  async counts(): Promise<ReadonlyMap<string, number>> {
    const { rows } = await this.#pool.with((client) =>
      client.query<{ entity_id: string; samples: string }>(
        "select entity_id, samples from modbus_cadence.entities where site = $1",
        [this.#site],
      ),
    );
    return new Map(rows.map(({ entity_id: entityId, samples }) => [entityId, Number(samples)]));
  }

  /**
   * Stores what is new of `samples`, each entity's in time order, and with them that everything before `shippedUntil` has arrived: all or nothing. All samples of an entity and millisecond have to come in one call. Resolves with the
   * number that was new. Throws STORE_FULL, STORE_NOT_WRITABLE, STORE_IO.
   */
  async append(samples: readonly SiteSample[], shippedUntil?: number): Promise<number> {
    await this.#prepare(samples);
    const rows = rowsOf(samples, this.#entities);
    const { from } = await copyStreams();
    return this.#pool.transaction(async (client) => {
      let stored = 0;
      for (let begin = 0; begin < rows.length; begin += rowsAtOnce)
        stored += await this.#insert(client, rows.slice(begin, begin + rowsAtOnce), from);
      if (shippedUntil !== undefined)
        await client.query(
          "update modbus_cadence.sites set shipped_until = greatest(coalesce(shipped_until, $2), $2) where site = $1",
          [this.#site, shippedUntil],
        );
      return stored;
    });
  }

  /** Entities get their numbers, and months their partitions, before the transaction: others need not wait for its end. */
  async #prepare(samples: readonly SiteSample[]): Promise<void> {
    if (samples.length === 0) return;
    const unknown = [...new Set(samples.map(({ entityId }) => entityId))].filter((each) => !this.#entities.has(each));
    if (unknown.length > 0) {
      const { rows } = await this.#pool.with(async (client) => {
        await client.query(
          `insert into modbus_cadence.entities (site, entity_id) select $1, unnest($2::text[]) on conflict do nothing`,
          [this.#site, unknown],
        );
        return client.query<{ entity: number; entity_id: string }>(
          "select entity, entity_id from modbus_cadence.entities where site = $1 and entity_id = any ($2)",
          [this.#site, unknown],
        );
      });
      for (const { entity, entity_id: entityId } of rows) this.#entities.set(entityId, entity);
    }
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const { time } of samples) {
      if (time < first) first = time;
      if (time > last) last = time;
    }
    if (first >= this.#preparedFrom && last <= this.#preparedTo) return;
    await this.#pool.with((client) =>
      client.query("select modbus_cadence.prepare_months(to_timestamp($1 / 1000.0), to_timestamp($2 / 1000.0))", [
        first,
        last,
      ]),
    );
    // One stretch is remembered: between two that lie apart months may be missing.
    const isNext = first <= this.#preparedTo && last >= this.#preparedFrom;
    this.#preparedFrom = isNext ? Math.min(first, this.#preparedFrom) : first;
    this.#preparedTo = isNext ? Math.max(last, this.#preparedTo) : last;
  }

  /** What is new is copied in at full speed; only where something is there already each row is looked up. */
  async #insert(client: PoolClient, rows: readonly SampleRow[], from: CopyFrom): Promise<number> {
    await client.query("savepoint news");
    try {
      const stream = client.query(
        from("copy modbus_cadence.samples (site, entity, time, place, state, value) from stdin with (format binary)"),
      );
      await pipeline(Readable.from(copyFrames(this.#site, rows)), stream);
      const counts = Map.groupBy(rows, ({ entity }) => entity);
      await client.query(
        `update modbus_cadence.entities set samples = entities.samples + news.samples
         from unnest($2::integer[], $3::bigint[]) as news (entity, samples) where entities.site = $1 and entities.entity = news.entity`,
        [this.#site, [...counts.keys()], [...counts.values()].map((each) => each.length)],
      );
      await client.query("release savepoint news");
      return rows.length;
    } catch (error) {
      if ((error as { code?: string }).code !== uniqueViolation) throw error;
      await client.query("rollback to savepoint news");
      return this.#merge(client, rows);
    }
  }

  async #merge(client: PoolClient, rows: readonly SampleRow[]): Promise<number> {
    const merged = await client.query<{ stored: string }>(
      `with added as (
         insert into modbus_cadence.samples (site, entity, time, place, state, value)
         select $1, entity, to_timestamp(time / 1000.0), place, state, value
         from unnest($2::integer[], $3::bigint[], $4::smallint[], $5::text[], $6::double precision[]) as news (entity, time, place, state, value)
         on conflict do nothing returning entity),
       counted as (select entity, count(*) as samples from added group by entity),
       told as (
         update modbus_cadence.entities set samples = entities.samples + counted.samples
         from counted where entities.site = $1 and entities.entity = counted.entity)
       select coalesce(sum(samples), 0) as stored from counted`,
      [
        this.#site,
        rows.map(({ entity }) => entity),
        rows.map(({ time }) => time),
        rows.map(({ place }) => place),
        rows.map(({ state }) => state),
        rows.map(({ value }) => value),
      ],
    );
    return Number(merged.rows[0]?.stored ?? 0);
  }

  /** What is there of `from` goes on under `to`; nothing happens where there is nothing, or something of `to` already. Throws as `append`. */
  async rename({ from, to }: { readonly from: string; readonly to: string }): Promise<void> {
    await this.#pool.with((client) =>
      client.query(
        `update modbus_cadence.entities set entity_id = $3 where site = $1 and entity_id = $2
         and not exists (select from modbus_cadence.entities where site = $1 and entity_id = $3)`,
        [this.#site, from, to],
      ),
    );
    // Asked for again.
    this.#entities.delete(from);
    this.#entities.delete(to);
  }

  /** Tells all who look how this site is. */
  async tell(told: unknown): Promise<void> {
    await this.#pool.with((client) =>
      client.query("update modbus_cadence.sites set told_at = now(), told = $2 where site = $1", [
        this.#site,
        JSON.stringify(told),
      ]),
    );
  }

  /** All sites of the data base, by name. */
  async sites(): Promise<readonly SiteTold[]> {
    const { rows } = await this.#pool.with((client) =>
      client.query<{
        name: string;
        shipped_until: string | null;
        told_at: Date | null;
        told: unknown;
        samples: string;
        entities: string;
      }>(
        `select name, shipped_until, told_at, told, coalesce(sum(samples), 0) as samples, count(entity) as entities
         from modbus_cadence.sites left join modbus_cadence.entities using (site)
         group by site order by name`,
      ),
    );
    return rows.map(({ name, shipped_until: until, told_at: toldAt, told, samples, entities }) => ({
      site: name,
      ...(until === null ? {} : { shippedUntil: Number(until) }),
      ...(toldAt === null ? {} : { toldAt: toldAt.getTime(), told }),
      samples: Number(samples),
      entities: Number(entities),
    }));
  }

  /** Samples of an entity in time order, `from` inclusive, `to` exclusive, ms since 1970; a few thousand at a time. */
  async *read(
    entityId: string,
    { from = -8.64e15, to = 8.64e15 }: { readonly from?: number; readonly to?: number } = {},
  ): AsyncGenerator<readonly SiteSample[]> {
    let [time, place] = [from, -1];
    for (;;) {
      const { rows } = await this.#pool.with((client) =>
        client.query<{ time: string; place: number; state: string }>(
          `select (extract(epoch from time) * 1000)::bigint as time, place, state
           from modbus_cadence.samples join modbus_cadence.entities using (site, entity)
           where site = $1 and entity_id = $2 and (time, place) > (to_timestamp($3 / 1000.0), $4::smallint) and time < to_timestamp($5 / 1000.0)
           order by time, place limit ${readAtOnce}`,
          [this.#site, entityId, Math.max(time, earliest), place, Math.min(to, latest)],
        ),
      );
      if (rows.length > 0) yield rows.map((row) => ({ entityId, time: Number(row.time), state: row.state }));
      if (rows.length < readAtOnce) return;
      const last = rows.at(-1) as (typeof rows)[number];
      [time, place] = [Number(last.time), last.place];
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await attempt(() => this.#pool[Symbol.asyncDispose]());
  }
}

/** Times that the server knows: the years 0001 and 9999. */
const earliest = -62_135_596_800_000;
const latest = 253_402_300_799_000;

const uniqueViolation = "23505";

type CopyFrom = (sql: string) => CopyStreamQuery;

/** Loaded when it is asked for, as the driver is. */
async function copyStreams(): Promise<{ readonly from: CopyFrom }> {
  const { from } = await import("pg-copy-streams");
  return { from };
}

/** Entity by entity, each in time order: the server's index likes neighbours. */
function rowsOf(samples: readonly SiteSample[], numbers: ReadonlyMap<string, number>): readonly SampleRow[] {
  const last = new Map<number, { time: number; place: number }>();
  const rows = samples.map(({ entityId, time, state }): SampleRow => {
    const entity = numbers.get(entityId) as number;
    const before = last.get(entity);
    const place = before?.time === time ? before.place + 1 : 0;
    last.set(entity, { time, place });
    const value = state.trim() === "" ? Number.NaN : Number(state);
    // The server's texts hold no zero byte.
    return {
      entity,
      time,
      place,
      state: state.replaceAll("\u0000", "\uFFFD"),
      value: Number.isFinite(value) ? value : null,
    };
  });
  return rows.toSorted((a, b) => a.entity - b.entity);
}
