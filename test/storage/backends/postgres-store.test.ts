import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentLogger } from "#core/logger.ts";
import { Batch } from "#storage/batch.ts";
import { PostgresStore } from "#storage/backends/postgres/postgres-store.ts";
import { PrefixStore } from "#storage/prefix-store.ts";
import { storeContract } from "../../contracts/store-contract.ts";
import { postgresFolder, PostgresServer } from "../../support/postgres-server.ts";

const isThere = postgresFolder() !== undefined;

describe.skipIf(!isThere)("in PostgreSQL (left out where this machine has none)", () => {
  let server: PostgresServer;
  let sites = 0;
  beforeAll(async () => {
    server = await PostgresServer.start();
  }, 60_000);
  afterAll(() => server[Symbol.asyncDispose]());
  const open = (site: string): Promise<PostgresStore> =>
    PostgresStore.open({ url: server.url, site, logger: silentLogger });

  storeContract("PostgresStore", () => open(`site ${(sites += 1)}`));
  storeContract("a prefix view of PostgresStore", async () => {
    const store = await open(`site ${(sites += 1)}`);
    await store.write(new Batch().put(Uint8Array.of(6, 255), Uint8Array.of(1)).put(Uint8Array.of(8), Uint8Array.of(1)));
    return new PrefixStore(store, Uint8Array.of(7));
  });

  it("keeps sites apart, and lets one write at a time to each", async () => {
    await using first = await open("first");
    await using second = await open("second");
    await first.write(new Batch().put(Uint8Array.of(1), Uint8Array.of(1)));
    expect(await second.get(Uint8Array.of(1))).toBeUndefined();
    await expect(open("first")).rejects.toMatchObject({ code: "STORE_LOCKED" });
  });

  it("migrates once, however many begin at the same time", async () => {
    await using other = await PostgresServer.start();
    const stores = await Promise.all(
      Array.from({ length: 5 }, (_, index) =>
        PostgresStore.open({ url: other.url, site: `site ${index}`, logger: silentLogger }),
      ),
    );
    for (const store of stores) await store.close();
  }, 60_000);

  it("survives a connection that breaks in the midst of its work, and says so", async () => {
    await using own = await PostgresServer.start();
    await using store = await PostgresStore.open({ url: own.url, site: "broken", logger: silentLogger });
    const batch = new Batch();
    for (let key = 0; key < 1_200; key += 1) batch.put(Uint8Array.of(1, key >> 8, key & 255), Uint8Array.of(1));
    await store.write(batch);
    const keys = store.keys();
    await keys.next();
    await own.stop();
    const rest = async (): Promise<void> => {
      for await (const _key of keys);
    };
    await expect(rest()).rejects.toMatchObject({ code: "STORE_IO" });
  }, 30_000);

  it("says in a sentence when the server is away, without its address, and goes on when it is back", async () => {
    await using store = await open("patient");
    await store.write(new Batch().put(Uint8Array.of(1), Uint8Array.of(1)));
    await server.stop();
    const lost = store.write(new Batch().put(Uint8Array.of(2), Uint8Array.of(2)));
    await expect(lost).rejects.toMatchObject({ code: "STORE_IO" });
    await expect(lost).rejects.not.toThrow(/127\.0\.0\.1/);
    await server.begin();
    await store.write(new Batch().put(Uint8Array.of(3), Uint8Array.of(3)));
    expect(await store.get(Uint8Array.of(1))).toEqual(Uint8Array.of(1));
    expect(await store.get(Uint8Array.of(2))).toBeUndefined();
  }, 30_000);
});
