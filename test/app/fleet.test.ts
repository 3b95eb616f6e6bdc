import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FleetShipping, withPassword } from "#app/fleet.ts";
import { silentLogger } from "#core/logger.ts";
import { Repository } from "#repository/repository.ts";
import { Batch, MemoryVolume, SiteSamples, Storage } from "#storage/index.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { overviewOf } from "../support/overview.ts";
import { postgresFolder, PostgresServer } from "../support/postgres-server.ts";

const isThere = postgresFolder() !== undefined;
const start = Date.UTC(2026, 0, 31, 23, 0);
const minute = 60_000;

interface Sent {
  readonly entityId: string;
  readonly time: number;
  readonly state: string;
}

describe.skipIf(!isThere)("many sites on one server (left out where this machine has no PostgreSQL)", () => {
  let server: PostgresServer;
  let sites = 0;
  beforeAll(async () => {
    server = await PostgresServer.start();
  }, 60_000);
  afterAll(() => server[Symbol.asyncDispose]());

  async function openSite(name = `site ${(sites += 1)}`) {
    const clock = new ManualClock();
    const storage = await Storage.open({ at: new MemoryVolume(), clock, logger: silentLogger });
    const repository = await Repository.open(storage);
    const told: string[] = [];
    const logger = {
      ...silentLogger,
      warn: (text: string): void => void told.push(text),
      info: (text: string): void => void told.push(text),
    };
    const fleet = new FleetShipping({
      url: server.url,
      site: name,
      repository,
      overview: () => overviewOf(),
      clock,
      logger,
    });
    /** Samples that are there when everything before `coveredUntil` is. */
    const see = async (samples: readonly Sent[], coveredUntil: number): Promise<void> => {
      const batch = new Batch();
      repository.runtimeState.stage(batch, coveredUntil, []);
      await repository.samples.append(samples, batch);
      repository.runtimeState.committed(coveredUntil, []);
    };
    const until = async (wanted: () => Promise<boolean>): Promise<void> => {
      for (let look = 0; look < 400; look += 1) {
        if (await wanted()) return;
        await clock.advance(1_000);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error(`It never came to that. Told: ${told.join(" ")}`);
    };
    return { name, clock, storage, repository, fleet, see, until, told };
  }

  async function onServer(site: string, entityId: string): Promise<Sent[]> {
    await using samples = await SiteSamples.open({ url: server.url, site, logger: silentLogger });
    const found: Sent[] = [];
    for await (const part of samples.read(entityId)) found.push(...part);
    return found;
  }

  const rows = (entityId: string, from: number, count: number): Sent[] =>
    Array.from({ length: count }, (_, index) => ({
      entityId,
      time: from + index * minute,
      state: index % 50 === 7 ? "unavailable" : String(index / 4),
    }));

  it("holds what each site holds, to the millisecond and the printed text, over months and samples of one millisecond", async () => {
    const { fleet, see, until, name, storage } = await openSite();
    await using _closed = storage;
    const samples = [
      ...rows("sensor.a", start, 300),
      ...rows("sensor.b", start + 1, 200),
      { entityId: "sensor.c", time: start + 123, state: "on" },
      { entityId: "sensor.c", time: start + 123, state: "off" },
      { entityId: "sensor.c", time: start + 123, state: "on" },
    ];
    await see(samples, start + 400 * minute);
    await fleet.start();
    await until(async () => {
      const own = (await fleet.fleet()).sites.find(({ site }) => site === name);
      return own?.samples === samples.length && own.toldAt !== undefined;
    });
    for (const entityId of ["sensor.a", "sensor.b", "sensor.c"])
      expect(await onServer(name, entityId)).toEqual(samples.filter((sample) => sample.entityId === entityId));
    expect((await fleet.fleet()).sites.find(({ site }) => site === name)).toMatchObject({
      isOwn: true,
      entities: 3,
      shippedUntil: start + 400 * minute,
      health: { connection: "live", storage: "ok", buses: [{ name: "line", utilisation: 0.3, isKnown: true }] },
    });
    await fleet.stop();
  });

  it("goes on alone while the server is away, and catches up without loss or doubles", async () => {
    const { fleet, see, until, name, storage, told } = await openSite();
    await using _closed = storage;
    const samples = rows("sensor.a", start, 100);
    await see(samples.slice(0, 40), start + 40 * minute);
    await fleet.start();
    const arrived = async (count: number): Promise<boolean> =>
      (await fleet.fleet()).sites.find(({ site }) => site === name)?.samples === count;
    await until(() => arrived(40));
    await server.stop();
    await see(samples.slice(40, 100), start + 100 * minute);
    await until(() => Promise.resolve(told.some((text) => text.includes("got nothing; everything is kept here"))));
    expect((await fleet.fleet()).failure).toContain("The PostgreSQL server does not answer");
    await server.begin();
    await until(() => arrived(100));
    expect(await onServer(name, "sensor.a")).toEqual(samples);
    await fleet.stop();
    // A site that forgot what it sent sends all of it again: nothing is doubled.
    await using again = await SiteSamples.open({ url: server.url, site: name, logger: silentLogger });
    expect(await again.append(samples)).toBe(0);
    expect((await again.counts()).get("sensor.a")).toBe(100);
  }, 30_000);

  it("follows renames, also those of a time in which the server was away", async () => {
    const { fleet, see, until, name, storage, repository } = await openSite();
    await using _closed = storage;
    const samples = [...rows("sensor.a", start, 100), ...rows("sensor.b", start + 1, 100)];
    await see(samples, start + 100 * minute);
    await fleet.start();
    await until(async () => (await onServer(name, "sensor.b")).length === 100);
    await server.stop();
    // They take each other's place, by way of a third id.
    for (const [from, to] of [
      ["sensor.a", "sensor.c"],
      ["sensor.b", "sensor.a"],
      ["sensor.c", "sensor.b"],
    ] as const)
      await repository.rename({ from, to }, { entities: [] });
    const later = rows("sensor.a", start + 200 * minute, 10);
    await see(later, start + 300 * minute);
    await server.begin();
    await until(async () => (await onServer(name, "sensor.a")).length === 110);
    const renamed = (entityId: string, to: string): Sent[] =>
      samples.filter((sample) => sample.entityId === entityId).map((sample) => ({ ...sample, entityId: to }));
    expect(await onServer(name, "sensor.a")).toEqual([...renamed("sensor.b", "sensor.a"), ...later]);
    expect(await onServer(name, "sensor.b")).toEqual(renamed("sensor.a", "sensor.b"));
    expect(await onServer(name, "sensor.c")).toEqual([]);
    expect(await repository.renames.pending()).toEqual([]);
    expect((await fleet.fleet()).sites.find(({ site }) => site === name)).toMatchObject({ samples: 210, entities: 2 });
    await fleet.stop();
  }, 30_000);

  it("gets what came late as well", async () => {
    const { fleet, see, until, name, storage } = await openSite();
    await using _closed = storage;
    const samples = rows("sensor.a", start, 100);
    const late = rows("sensor.old", start - 90 * 24 * 60 * minute, 30);
    await see(samples, start + 100 * minute);
    await fleet.start();
    await until(async () => (await onServer(name, "sensor.a")).length === 100);
    await see([...late, { entityId: "sensor.a", time: start - 5, state: "late" }], start + 101 * minute);
    await until(async () => (await onServer(name, "sensor.old")).length === 30);
    await until(async () => (await onServer(name, "sensor.a")).length === 101);
    await fleet.stop();
  }, 30_000);

  it("sends nothing that may still be missing something before it", async () => {
    const { fleet, see, until, name, storage } = await openSite();
    await using _closed = storage;
    await see(rows("sensor.a", start, 100), start + 50 * minute);
    await fleet.start();
    await until(async () => (await onServer(name, "sensor.a")).length === 50);
    expect((await onServer(name, "sensor.a")).at(-1)?.time).toBeLessThan(start + 50 * minute);
    await fleet.stop();
  }, 30_000);

  it("lets in a user who may only write", async () => {
    const owner = new Client({ connectionString: server.url });
    await owner.connect();
    // The script of docs/fleet.md.
    const { readFileSync } = await import("node:fs");
    const page = readFileSync(new URL("../../docs/fleet.md", import.meta.url), "utf8");
    const script = /```sql\n([^`]+)```/.exec(page)?.[1] ?? "";
    await owner.query(script.replaceAll("cadence_site", "small_site"));
    const url = server.url.replace("cadence@", "small_site@");
    await using samples = await SiteSamples.open({ url, site: "small", logger: silentLogger });
    const sent = rows("sensor.a", Date.UTC(2031, 4, 20), 10);
    expect(await samples.append(sent, start)).toBe(10);
    const found: Sent[] = [];
    for await (const part of samples.read("sensor.a")) found.push(...part);
    expect(found).toEqual(sent);
    const small = new Client({ connectionString: url });
    await small.connect();
    for (const forbidden of [
      "delete from modbus_cadence.samples",
      "drop table modbus_cadence.sites",
      "create table modbus_cadence.mine ()",
      "delete from modbus_cadence.migrations",
    ])
      await expect(small.query(forbidden)).rejects.toThrow(/permission denied|must be owner/);
    await small.end();
    await owner.end();
  });
});

it("takes the password apart from the address", () => {
  expect(withPassword("postgres://me@host/db", undefined)).toBe("postgres://me@host/db");
  expect(withPassword("postgres://me@host/db", "p@ss/1")).toBe("postgres://me:p%40ss%2F1@host/db");
});
