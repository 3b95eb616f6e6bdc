import type { Pool, PoolClient } from "pg";
import type { Logger } from "#core/logger.ts";
import { attempt } from "./postgres-errors.ts";

export interface PostgresOptions {
  /** `postgres://user:password@host:5432/database`. */
  readonly url: string;
  /** Certificates (PEM) that the server's own must be signed by; the connection is then encrypted and the host's name checked. @default as the address says */
  readonly ca?: string;
  readonly logger: Logger;
  /** Connections at the same time. @default 4 */
  readonly connections?: number;
}

const connectMilliseconds = 10_000;
const statementMilliseconds = 120_000;

/** Connections to one server, taken for a piece of work each. The driver is loaded when it is asked for. */
export class PostgresPool implements AsyncDisposable {
  readonly #pool: Pool;

  private constructor(pool: Pool) {
    this.#pool = pool;
  }

  static async open({ url, ca, logger, connections = 4 }: PostgresOptions): Promise<PostgresPool> {
    const { Pool } = await import("pg");
    const pool = new Pool({
      connectionString: url,
      max: connections,
      connectionTimeoutMillis: connectMilliseconds,
      statement_timeout: statementMilliseconds,
      keepAlive: true,
      application_name: "modbus-cadence",
      ...(ca === undefined ? {} : { ssl: { ca, rejectUnauthorized: true } }),
    });
    const lost = (error: Error): void => logger.debug("A connection to PostgreSQL was lost", { error });
    // While nobody uses it the next piece of work opens another one; while somebody does, that piece of work fails and says so. Unheard, either would end the program.
    pool.on("error", lost);
    pool.on("connect", (client) => client.on("error", lost));
    return new PostgresPool(pool);
  }

  /** Throws STORE_*. */
  with<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    return attempt(async () => {
      const client = await this.#pool.connect();
      let failure: unknown;
      try {
        return await work(client);
      } catch (error) {
        failure = error;
        throw error;
      } finally {
        // What failed half-way may have left a transaction open, or be no connection any more.
        client.release(failure !== undefined);
      }
    });
  }

  /** All of it or nothing. Throws STORE_*. */
  transaction<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    return this.with(async (client) => {
      await client.query("begin");
      const result = await work(client);
      await client.query("commit");
      return result;
    });
  }

  /** A connection of one's own, for as long as one likes. */
  take(): Promise<PoolClient> {
    return attempt(() => this.#pool.connect());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end();
  }
}
