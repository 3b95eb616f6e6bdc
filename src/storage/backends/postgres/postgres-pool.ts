import { Socket } from "node:net";
import type { Pool, PoolClient } from "pg";
import { CadenceError } from "#core/errors.ts";
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
  /** Breaks every connection, so that nobody waits for a server that does not answer. @default never */
  readonly signal?: AbortSignal;
}

const connectMilliseconds = 10_000;
const statementMilliseconds = 120_000;

/** Connections to one server, taken for a piece of work each. The driver is loaded when it is asked for. */
export class PostgresPool implements AsyncDisposable {
  readonly #pool: Pool;
  readonly #signal: AbortSignal | undefined;
  readonly #breakAll: () => void;

  private constructor(pool: Pool, signal: AbortSignal | undefined, breakAll: () => void) {
    this.#pool = pool;
    this.#signal = signal;
    this.#breakAll = breakAll;
  }

  static async open({ url, ca, logger, connections = 4, signal }: PostgresOptions): Promise<PostgresPool> {
    const { Pool } = await import("pg");
    const sockets = new Set<Socket>();
    const breakAll = (): void => {
      for (const socket of sockets) socket.destroy();
    };
    signal?.addEventListener("abort", breakAll);
    const pool = new Pool({
      connectionString: url,
      max: connections,
      connectionTimeoutMillis: connectMilliseconds,
      statement_timeout: statementMilliseconds,
      keepAlive: true,
      stream: () => {
        const socket = new Socket();
        sockets.add(socket);
        return socket.once("close", () => sockets.delete(socket));
      },
      application_name: "modbus-cadence",
      ...(ca === undefined ? {} : { ssl: { ca, rejectUnauthorized: true } }),
    });
    const lost = (error: Error): void => logger.debug("A connection to PostgreSQL was lost", { error });
    // While nobody uses it the next piece of work opens another one; while somebody does, that piece of work fails and says so. Unheard, either would end the program.
    pool.on("error", lost);
    pool.on("connect", (client) => client.on("error", lost));
    return new PostgresPool(pool, signal, breakAll);
  }

  /** Throws STORE_*. */
  with<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    return attempt(async () => {
      const client = await this.#connect();
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
    return attempt(() => this.#connect());
  }

  async #connect(): Promise<PoolClient> {
    if (this.#signal?.aborted === true) throw new CadenceError("ABORTED", "The connection to PostgreSQL was ended.");
    return this.#pool.connect();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end();
    // A server that is away is tried again and again under the same signal.
    this.#signal?.removeEventListener("abort", this.#breakAll);
  }
}
