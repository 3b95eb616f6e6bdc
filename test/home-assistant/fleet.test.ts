import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { silentLogger } from "#core/logger.ts";
import { SiteSamples } from "#storage/index.ts";
import { Bench } from "./bench.ts";

let url: string;
let owner: Client;

beforeAll(async () => {
  url = await Bench.postgres();
  owner = new Client({ connectionString: url });
  await owner.connect();
  await owner.query("create extension if not exists timescaledb");
}, 300_000);
afterAll(async () => {
  await owner.end();
  await Bench.stop();
});

it("keeps a fleet in a hypertable of TimescaleDB, takes late values, and none twice", async () => {
  const day = 86_400_000;
  const samples = Array.from({ length: 40_000 }, (_, index) => ({
    entityId: `sensor.value_${index % 4}`,
    time: Date.UTC(2025, 5, 1) + Math.floor(index / 4) * 720_000,
    state: String((index * 7) % 1_000),
  }));
  await using site = await SiteSamples.open({ url, site: "hyper", logger: silentLogger });
  expect(await site.append(samples, Date.UTC(2025, 9, 1))).toBe(samples.length);
  const { rows: tables } = await owner.query<{ num_chunks: number }>(
    "select num_chunks::int from timescaledb_information.hypertables where hypertable_schema = 'modbus_cadence'",
  );
  expect(tables[0]?.num_chunks).toBeGreaterThan(10);
  // Under the licence of distributions it cannot compress; late values are late all the same.
  const licence = await owner.query<{ licence: string }>("select current_setting('timescaledb.license') as licence");
  if (licence.rows[0]?.licence === "timescale")
    await owner.query("select compress_chunk(chunk) from show_chunks('modbus_cadence.samples') as chunk");
  const late = { entityId: "sensor.value_0", time: Date.UTC(2025, 5, 1) + day + 5, state: "late" };
  expect(await site.append([...samples.slice(0, 1_000), late])).toBe(1);
  const found: unknown[] = [];
  for await (const part of site.read("sensor.value_0")) found.push(...part);
  const expected = [...samples.filter(({ entityId }) => entityId === "sensor.value_0"), late];
  expect(found).toEqual(expected.toSorted((a, b) => a.time - b.time));
  expect(await site.shippedUntil()).toBe(Date.UTC(2025, 9, 1));
  expect((await site.sites()).find(({ site: name }) => name === "hyper")).toMatchObject({
    samples: samples.length + 1,
    entities: 4,
  });
}, 120_000);
