import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { silentLogger } from "#core/logger.ts";
import { PostgresPool } from "#storage/backends/postgres/postgres-pool.ts";
import { hasOpenssl, selfSigned } from "../../support/certificate.ts";
import { postgresFolder, PostgresServer } from "../../support/postgres-server.ts";

const isThere = postgresFolder() !== undefined;
const logger = silentLogger;

it("leaves nothing behind at the signal under which it is opened time and again", async () => {
  const { signal } = new AbortController();
  for (let time = 0; time < 20; time += 1) {
    await using pool = await PostgresPool.open({ url: "postgres://cadence@127.0.0.1:1/none", logger, signal });
    await expect(pool.with((client) => client.query("select 1"))).rejects.toMatchObject({ code: "STORE_IO" });
  }
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

describe.skipIf(!isThere)("connections to PostgreSQL (left out where this machine has none)", () => {
  it("are broken at once when they are to end, whatever the server does", async () => {
    await using server = await PostgresServer.start();
    const ending = new AbortController();
    await using pool = await PostgresPool.open({ url: server.url, logger, signal: ending.signal });
    const long = pool.with((client) => client.query("select pg_sleep(60)"));
    await pool.with((client) => client.query("select 1"));
    ending.abort();
    await expect(long).rejects.toMatchObject({ code: "STORE_IO" });
    await expect(pool.with((client) => client.query("select 1"))).rejects.toMatchObject({ code: "ABORTED" });
  }, 30_000);

  describe.skipIf(!hasOpenssl)("that are encrypted (left out where openssl is not installed)", () => {
    const isEncrypted = async (pool: PostgresPool): Promise<unknown> =>
      (await pool.with((client) => client.query("select ssl from pg_stat_ssl where pid = pg_backend_pid()"))).rows;

    it("are made to a server whose certificate is vouched for, and to no other", async () => {
      const own = selfSigned();
      await using server = await PostgresServer.start({ tls: own });
      await using trusting = await PostgresPool.open({ url: server.url, ca: own.cert, logger });
      expect(await isEncrypted(trusting)).toEqual([{ ssl: true }]);
      await using wary = await PostgresPool.open({ url: server.url, ca: selfSigned().cert, logger });
      await expect(isEncrypted(wary)).rejects.toThrow(/certificate is not signed by whom it should be/);
    }, 30_000);

    it("are not made to a host that the certificate is not made out to", async () => {
      const other = selfSigned("127.0.0.2");
      await using server = await PostgresServer.start({ tls: other });
      await using pool = await PostgresPool.open({ url: server.url, ca: other.cert, logger });
      await expect(isEncrypted(pool)).rejects.toThrow(/made out to another host/);
    }, 30_000);

    it("are never replaced by plain ones", async () => {
      await using server = await PostgresServer.start();
      await using pool = await PostgresPool.open({ url: server.url, ca: selfSigned().cert, logger });
      await expect(isEncrypted(pool)).rejects.toMatchObject({ code: "STORE_IO" });
    }, 30_000);
  });
});
