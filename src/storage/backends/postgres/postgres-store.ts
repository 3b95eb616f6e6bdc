import type { PoolClient } from "pg";
import { CadenceError } from "#core/errors.ts";
import type { Batch } from "../../batch.ts";
import type { Capabilities, Entry, KeyRange, Store } from "../../store.ts";
import { checkBatch, checkKey, storeClosed } from "../checks.ts";
import { attempt } from "./postgres-errors.ts";
import { type PostgresOptions, PostgresPool } from "./postgres-pool.ts";
import { migrate, migrationLock, siteNumber } from "./postgres-schema.ts";

export interface PostgresStoreOptions extends PostgresOptions {
  /** Whose entries these are: many sites share a data base. */
  readonly site: string;
}

/** Rows that one answer of the server holds. */
const rowsAtOnce = 500;

/** Ordered bytes of one site in a PostgreSQL data base. A batch is one transaction, which is durable when it is acknowledged; iterations read a snapshot of their own over a cursor. One writer a site, by an advisory lock. */
export class PostgresStore implements Store {
  readonly capabilities: Capabilities = { durable: true, bulk: false };
  readonly #pool: PostgresPool;
  readonly #site: number;
  readonly #name: string;
  /** Holds the lock as long as its connection lives; undefined when that was lost. */
  #lock: PoolClient | undefined;
  #writing: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  private constructor(pool: PostgresPool, site: number, name: string) {
    this.#pool = pool;
    this.#site = site;
    this.#name = name;
  }

  /** Throws STORE_LOCKED, STORE_NEWER_FORMAT, STORE_NOT_WRITABLE, STORE_IO. */
  static async open({ site, connections = 6, ...options }: PostgresStoreOptions): Promise<PostgresStore> {
    const pool = await PostgresPool.open({ ...options, connections });
    try {
      await migrate(pool);
      const store = new PostgresStore(pool, await siteNumber(pool, site), site);
      await store.#takeLock();
      return store;
    } catch (error) {
      await pool[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #takeLock(): Promise<void> {
    const client = await this.#pool.take();
    client.on("error", () => {
      if (this.#lock !== client) return;
      // Another may write now: the next write takes the lock again, or is refused.
      this.#lock = undefined;
      client.release(true);
    });
    const { rows } = await attempt(() =>
      client.query<{ locked: boolean }>("select pg_try_advisory_lock($1, $2) as locked", [migrationLock, this.#site]),
    ).catch((error: unknown) => {
      // The pool ends only when nobody has one of its connections.
      client.release(true);
      throw error;
    });
    if (rows[0]?.locked !== true) {
      client.release(true);
      throw new CadenceError("STORE_LOCKED", `The site ${this.#name} is in use by another Modbus Cadence.`, {
        remedy: "Stop that one first, or name another site.",
      });
    }
    this.#lock = client;
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    this.#checkOpen();
    checkKey(key);
    const { rows } = await this.#pool.with((client) =>
      client.query<{ value: Buffer }>("select value from modbus_cadence.entries where site = $1 and key = $2", [
        this.#site,
        key,
      ]),
    );
    return rows[0] === undefined ? undefined : Uint8Array.from(rows[0].value);
  }

  async *range(range: KeyRange = {}): AsyncGenerator<Entry> {
    for await (const { key, value } of this.#rows<{ key: Buffer; value: Buffer }>("key, value", range))
      yield { key: Uint8Array.from(key), value: Uint8Array.from(value) };
  }

  async *keys(range: KeyRange = {}): AsyncGenerator<Uint8Array> {
    for await (const { key } of this.#rows<{ key: Buffer }>("key", range)) yield Uint8Array.from(key);
  }

  async *#rows<Row extends object>(columns: string, range: KeyRange): AsyncGenerator<Row> {
    this.#checkOpen();
    const { sql, parameters } = selectOf(columns, range, this.#site);
    const client = await this.#pool.take();
    let isWhole = false;
    try {
      await attempt(() => client.query("begin isolation level repeatable read read only"));
      await attempt(() => client.query(`declare entries cursor for ${sql}`, parameters));
      for (;;) {
        const { rows } = await attempt(() => client.query<Row>(`fetch ${rowsAtOnce} from entries`));
        for (const row of rows) {
          yield row;
          this.#checkOpen();
        }
        if (rows.length < rowsAtOnce) break;
      }
      await attempt(() => client.query("rollback"));
      isWhole = true;
    } finally {
      client.release(!isWhole);
    }
  }

  /** Batches are applied one after the other, in the order in which they came. */
  write(batch: Batch): Promise<void> {
    const written = this.#writing.then(() => this.#write(batch));
    this.#writing = written.catch(() => undefined);
    return written;
  }

  async #write(batch: Batch): Promise<void> {
    this.#checkOpen();
    checkBatch(batch);
    // Of several operations on a key the last one counts.
    const last = new Map(
      batch.operations.map((operation) => [Buffer.from(operation.key).toString("latin1"), operation]),
    );
    const puts = [...last.values()].filter((operation) => operation.kind === "put");
    const gone = [...last.values()].filter(({ kind }) => kind === "delete").map(({ key }) => key);
    if (this.#lock === undefined) await this.#takeLock();
    await this.#pool.transaction(async (client) => {
      if (gone.length > 0)
        await client.query("delete from modbus_cadence.entries where site = $1 and key = any ($2::bytea[])", [
          this.#site,
          gone,
        ]);
      if (puts.length > 0)
        await client.query(
          `insert into modbus_cadence.entries select $1, * from unnest($2::bytea[], $3::bytea[])
           on conflict (site, key) do update set value = excluded.value`,
          [this.#site, puts.map(({ key }) => key), puts.map(({ value }) => value)],
        );
    });
  }

  bulk(batch: Batch): Promise<void> {
    return this.write(batch);
  }

  /** What is acknowledged is durable already. */
  async sync(): Promise<void> {
    this.#checkOpen();
    await this.#writing;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close(this.#writing);
    return this.#closing;
  }

  async #close(writing: Promise<void>): Promise<void> {
    await writing;
    this.#lock?.release(true);
    this.#lock = undefined;
    await this.#pool[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw storeClosed();
  }
}

function selectOf(
  columns: string,
  { from, to, reverse = false, limit }: KeyRange,
  site: number,
): { sql: string; parameters: unknown[] } {
  const parameters: unknown[] = [site];
  const conditions = ["site = $1"];
  if (from !== undefined) conditions.push(`key >= $${parameters.push(from)}`);
  if (to !== undefined) conditions.push(`key < $${parameters.push(to)}`);
  const most = limit === undefined ? "" : ` limit $${parameters.push(limit)}`;
  return {
    sql: `select ${columns} from modbus_cadence.entries where ${conditions.join(" and ")} order by key${reverse ? " desc" : ""}${most}`,
    parameters,
  };
}
