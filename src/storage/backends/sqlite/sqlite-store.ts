import { dirname } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { CadenceError } from "#core/errors.ts";
import type { Batch } from "../../batch.ts";
import type { Capabilities, Entry, KeyRange, Store } from "../../store.ts";
import { lockFolder } from "../../volume/folder-lock.ts";
import { checkBatch, checkKey, storeClosed } from "../checks.ts";
import { ReaderPool } from "./reader-pool.ts";
import { attempt } from "./sqlite-errors.ts";

export interface SqliteStoreOptions {
  /** The data base's file; its folder must be there, and is locked for one writer. */
  readonly path: string;
  /** Connections that iterations share, each with a snapshot of its own; more iterations wait for one. @default 4 */
  readonly readers?: number;
}

/** Rows an iteration takes before others get their turn: node:sqlite works in the event loop's own thread. */
const rowsAtOnce = 500;

/**
 * Ordered bytes in one table of an SQLite data base (node:sqlite, loaded when it is asked for). A batch is one transaction; iterations
 * read a snapshot of their own beside the writer (write-ahead log).
 */
export class SqliteStore implements Store {
  readonly capabilities: Capabilities = { durable: true, bulk: false };
  readonly #writer: DatabaseSync;
  readonly #lock: AsyncDisposable;
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  readonly #readers: ReaderPool;
  #closing: Promise<void> | undefined;

  private constructor(writer: DatabaseSync, readers: ReaderPool, lock: AsyncDisposable) {
    this.#writer = writer;
    this.#readers = readers;
    this.#lock = lock;
    this.#get = writer.prepare("select value from entries where key = ?");
    this.#put = writer.prepare("insert into entries values (?, ?) on conflict do update set value = excluded.value");
    this.#delete = writer.prepare("delete from entries where key = ?");
  }

  /** Throws STORE_LOCKED, STORE_NOT_WRITABLE, STORE_CORRUPT, STORE_NEWER_FORMAT, STORE_IO. */
  static async open({ path, readers = 4 }: SqliteStoreOptions): Promise<SqliteStore> {
    const sqlite = await import("node:sqlite");
    const lock = await lockFolder(dirname(path));
    try {
      return attempt(path, () => {
        const writer = new sqlite.DatabaseSync(path);
        try {
          prepare(writer, path);
          const pool = new ReaderPool(() => new sqlite.DatabaseSync(path, { readOnly: true }), readers);
          return new SqliteStore(writer, pool, lock);
        } catch (error) {
          writer.close();
          throw error;
        }
      });
    } catch (error) {
      await lock[Symbol.asyncDispose]();
      throw error;
    }
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    this.#checkOpen();
    checkKey(key);
    const row = this.#attempt(() => this.#get.get(key)) as { value: Uint8Array } | undefined;
    return row?.value;
  }

  async *range(range: KeyRange = {}): AsyncGenerator<Entry> {
    for await (const row of this.#rows("key, value", range)) yield row as unknown as Entry;
  }

  async *keys(range: KeyRange = {}): AsyncGenerator<Uint8Array> {
    for await (const row of this.#rows("key", range)) yield row["key"] as Uint8Array;
  }

  async *#rows(columns: string, range: KeyRange): AsyncGenerator<Record<string, unknown>> {
    this.#checkOpen();
    const { sql, parameters } = selectOf(columns, range);
    using reader = await this.#readers.take();
    // The snapshot is taken by the first read, not by `begin`.
    this.#attempt(() => reader.database.exec("begin; select 1 from entries limit 1"));
    try {
      let read = 0;
      for (const row of this.#attempt(() => reader.database.prepare(sql).iterate(...parameters))) {
        yield row as Record<string, unknown>;
        this.#checkOpen();
        read += 1;
        if (read % rowsAtOnce === 0) await new Promise((resolve) => void setImmediate(resolve));
      }
    } finally {
      if (reader.database.isOpen) reader.database.exec("rollback");
    }
  }

  async write(batch: Batch): Promise<void> {
    this.#checkOpen();
    checkBatch(batch);
    this.#attempt(() => {
      this.#writer.exec("begin immediate");
      try {
        for (const operation of batch.operations) {
          if (operation.kind === "put") this.#put.run(operation.key, operation.value);
          else this.#delete.run(operation.key);
        }
        this.#writer.exec("commit");
      } catch (error) {
        if (this.#writer.isTransaction) this.#writer.exec("rollback");
        throw error;
      }
    });
  }

  async bulk(batch: Batch): Promise<void> {
    await this.write(batch);
    await this.sync();
  }

  /** Carries the log over into the data base, which syncs both. */
  async sync(): Promise<void> {
    this.#checkOpen();
    this.#attempt(() => this.#writer.exec("pragma wal_checkpoint(full)"));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      this.#readers.close();
      this.#attempt(() => this.#writer.exec("pragma wal_checkpoint(truncate)"));
    } finally {
      this.#writer.close();
      await this.#lock[Symbol.asyncDispose]();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw storeClosed();
  }

  #attempt<Result>(work: () => Result): Result {
    return attempt(this.#writer.location() ?? "", work);
  }
}

/** Marks the file as ours: "cadn". */
const applicationId = 0x6361_646e;
const formatVersion = 1;

function prepare(database: DatabaseSync, path: string): void {
  const number = (pragma: string): number => Number(Object.values(database.prepare(`pragma ${pragma}`).get() ?? {})[0]);
  const version = number("user_version");
  const isNew = version === 0 && number("schema_version") === 0;
  if (!isNew && number("application_id") !== applicationId) {
    throw new CadenceError("STORE_CORRUPT", `${path} is a data base of another program.`, {
      remedy: "Name another file; nothing was changed.",
    });
  }
  if (version > formatVersion) {
    throw new CadenceError(
      "STORE_NEWER_FORMAT",
      `${path} has format ${version}; this program knows ${formatVersion}.`,
      {
        remedy: "Update Modbus Cadence; nothing was changed.",
      },
    );
  }
  // What `write` acknowledges is with the operating system; `sync` brings it to the disk.
  database.exec("pragma journal_mode = wal; pragma synchronous = normal");
  if (!isNew) return;
  database.exec(`
    begin;
    pragma application_id = ${applicationId};
    pragma user_version = ${formatVersion};
    create table entries (key blob not null primary key, value blob not null) without rowid;
    commit`);
}

function selectOf(
  columns: string,
  { from, to, reverse = false, limit }: KeyRange,
): { sql: string; parameters: (Uint8Array | number)[] } {
  const conditions: string[] = [];
  const parameters: (Uint8Array | number)[] = [];
  if (from !== undefined) {
    conditions.push("key >= ?");
    parameters.push(from);
  }
  if (to !== undefined) {
    conditions.push("key < ?");
    parameters.push(to);
  }
  const where = conditions.length === 0 ? "" : ` where ${conditions.join(" and ")}`;
  if (limit !== undefined) parameters.push(limit);
  return {
    sql: `select ${columns} from entries${where} order by key${reverse ? " desc" : ""}${limit === undefined ? "" : " limit ?"}`,
    parameters,
  };
}
