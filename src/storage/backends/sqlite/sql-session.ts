import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { CadenceError } from "#core/errors.ts";
import { Mutex } from "#core/mutex.ts";
import { storeClosed } from "../checks.ts";
import { ReaderPool } from "./reader-pool.ts";
import { attempt } from "./sqlite-errors.ts";

export type SqlValue = SQLInputValue;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** The kinds of columns a table of ours has. */
export type SqlType = "integer" | "real" | "text" | "blob";

export interface SqlColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly required?: boolean;
  readonly primaryKey?: boolean;
}

export interface SqlSessionOptions {
  /** The data base's file; made when it is not there. */
  readonly path: string;
  /** Connections for reading; more readers wait for one. @default 4 */
  readonly readers?: number;
}

/** The little of SQL that several statements share: run inside a transaction, or each for itself. */
export interface SqlStatements {
  /** Changes something; resolves with the number of rows that were changed. Values go in as parameters, never as text. */
  execute(sql: string, ...parameters: readonly SqlValue[]): Promise<number>;
  query(sql: string, ...parameters: readonly SqlValue[]): Promise<readonly SqlRow[]>;
}

const namePattern = /^[a-z_][a-z0-9_]{0,62}$/i;

/**
 * A session with an SQLite data base (node:sqlite): one writer, whose changes come one after the other, and a pool of readers beside it that see what was committed.
 * Errors are the store's own.
 */
export class SqlSession implements SqlStatements, AsyncDisposable {
  readonly #path: string;
  readonly #writer: DatabaseSync;
  readonly #readers: ReaderPool;
  readonly #writing = new Mutex();
  #closed = false;

  private constructor(path: string, writer: DatabaseSync, readers: ReaderPool) {
    this.#path = path;
    this.#writer = writer;
    this.#readers = readers;
  }

  /** Throws STORE_NOT_WRITABLE, STORE_CORRUPT, STORE_LOCKED, STORE_IO. */
  static async open({ path, readers = 4 }: SqlSessionOptions): Promise<SqlSession> {
    const { DatabaseSync } = await import("node:sqlite");
    return attempt(path, () => {
      const writer = new DatabaseSync(path);
      writer.exec("pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on");
      return new SqlSession(path, writer, new ReaderPool(() => new DatabaseSync(path, { readOnly: true }), readers));
    });
  }

  /** Does nothing when it is there already. Throws STORE_KEY_INVALID for names that would need quotes. */
  async createTable(name: string, columns: readonly SqlColumn[]): Promise<void> {
    for (const each of [name, ...columns.map((column) => column.name)]) {
      if (!namePattern.test(each))
        throw new CadenceError("STORE_KEY_INVALID", `“${each}” is not a name of a table or a column.`);
    }
    const keys = columns.filter(({ primaryKey }) => primaryKey === true).map((column) => column.name);
    const parts = columns.map(
      ({ name: column, type, required = false }) => `${column} ${type}${required ? " not null" : ""}`,
    );
    if (keys.length > 0) parts.push(`primary key (${keys.join(", ")})`);
    await this.execute(`create table if not exists ${name} (${parts.join(", ")}) strict`);
  }

  execute(sql: string, ...parameters: readonly SqlValue[]): Promise<number> {
    return this.#writing.run(async () => this.#execute(sql, parameters));
  }

  async query(sql: string, ...parameters: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    this.#checkOpen();
    using reader = await this.#readers.take();
    return attempt(this.#path, () => reader.database.prepare(sql).all(...parameters) as SqlRow[]);
  }

  /** What `work` does happens as a whole when it resolves, and not at all when it rejects. It sees its own changes; others do not, until then. */
  transaction<Result>(work: (statements: SqlStatements) => Promise<Result>): Promise<Result> {
    return this.#writing.run(async () => {
      this.#execute("begin immediate", []);
      try {
        const result = await work({
          execute: (sql, ...parameters) => Promise.resolve().then(() => this.#execute(sql, parameters)),
          query: (sql, ...parameters) =>
            Promise.resolve().then(() =>
              attempt(this.#path, () => this.#writer.prepare(sql).all(...parameters) as SqlRow[]),
            ),
        });
        this.#execute("commit", []);
        return result;
      } catch (error) {
        if (this.#writer.isOpen && this.#writer.isTransaction) this.#writer.exec("rollback");
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#readers.close();
    await this.#writing.run(async () => this.#writer.close());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #execute(sql: string, parameters: readonly SqlValue[]): number {
    this.#checkOpen();
    return attempt(this.#path, () => Number(this.#writer.prepare(sql).run(...parameters).changes));
  }

  #checkOpen(): void {
    if (this.#closed) throw storeClosed();
  }
}
