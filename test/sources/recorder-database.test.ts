import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import type { Sample } from "#model/sample.ts";
import { EffectiveIntervals } from "#pipeline/polling/effective-interval.ts";
import { openSource } from "#sources/open-source.ts";
import { hasSharedData, sharedData, withoutSharedData } from "../support/shared-data.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());

async function readAll(path: string): Promise<Sample[]> {
  const samples: Sample[] = [];
  for await (const batch of (await openSource(path)).read()) samples.push(...batch.samples);
  return samples;
}

describe("Home Assistant's recorder data base", () => {
  it("gives the rows in which a state came into being, to the millisecond", async () => {
    const path = folder.at("small.db");
    using database = new DatabaseSync(path);
    database.exec(`
      create table states_meta (metadata_id integer primary key, entity_id text);
      create table states (state_id integer primary key, metadata_id integer, state text, last_changed_ts real, last_updated_ts real);
      insert into states_meta values (1, 'sensor.a'), (2, 'sensor.b');
      insert into states (metadata_id, state, last_changed_ts, last_updated_ts) values
        (1, '21.50', null, 1700000000.1234567),
        (1, '21.50', 1700000000.1234567, 1700000005.5),
        (2, 'unavailable', 1700000001.0, 1700000001.0),
        (1, null, null, 1700000006.0),
        (1, '22', null, 1700000000.5);`);
    expect(await readAll(path)).toEqual([
      { entityId: "sensor.a", time: 1_700_000_000_123, state: "21.50" },
      { entityId: "sensor.a", time: 1_700_000_000_500, state: "22" },
      { entityId: "sensor.b", time: 1_700_000_001_000, state: "unavailable" },
    ]);
  });

  it("of another program is refused with a remedy", async () => {
    const path = folder.at("other.db");
    using database = new DatabaseSync(path);
    database.exec("create table notes (text)");
    await expect(readAll(path)).rejects.toMatchObject({
      code: "SOURCE_UNREADABLE",
      remedy: expect.stringContaining("home-assistant_v2.db") as string,
    });
  });

  it.skipIf(!hasSharedData)(`recorded beside the bench is read whole (${withoutSharedData})`, async () => {
    const path = folder.at("recorder.db");
    writeFileSync(path, gunzipSync(readFileSync(join(sharedData, "home-assistant", "recorder-normal.db.gz"))));
    const samples = await readAll(path);
    const modbus = samples.filter(({ entityId }) => /^sensor\.(heat_pump|solar|meter|ventilation)/.test(entityId));
    expect(samples.length).toBeGreaterThan(3_000);
    expect(modbus.length).toBeGreaterThan(0);
    expect(new Set(samples.map((sample) => JSON.stringify(sample))).size).toBe(samples.length);
  });
});

/** A data base with `count` rows of three entities, several of them in one millisecond. */
function makeDatabase(name: string, schema: string, insert: string, count: number): string {
  const path = folder.at(name);
  using database = new DatabaseSync(path);
  database.exec(schema);
  const statement = database.prepare(insert);
  statement.setAllowUnknownNamedParameters(true);
  database.exec("begin");
  for (let row = 0; row < count; row += 1) {
    const time = 1_600_000_000 + Math.floor(row / 3) * 0.25;
    const text = new Date(time * 1_000).toISOString().slice(0, -1).replace("T", " ");
    statement.run({
      id: (row % 3) + 1,
      name: `sensor.s${(row % 3) + 1}`,
      state: String(row),
      time,
      text: `${text}000`,
    });
  }
  database.exec("commit");
  return path;
}

const today = `create table states_meta (metadata_id integer primary key, entity_id text);
  create table states (state_id integer primary key, entity_id char(0), state text, last_changed char(0), last_changed_ts real, last_updated char(0), last_updated_ts real, metadata_id integer);
  create index ix_states_last_updated_ts on states (last_updated_ts);
  insert into states_meta values (1, 'sensor.s1'), (2, 'sensor.s2'), (3, 'sensor.s3');`;
const intoToday = "insert into states (metadata_id, state, last_updated_ts) values ($id, $state, $time)";
const of2021 = `create table states (state_id integer primary key, entity_id text, state text, last_changed datetime, last_updated datetime);
  create index ix_states_last_updated on states (last_updated);`;
const into2021 =
  "insert into states (entity_id, state, last_changed, last_updated) values ($name, $state, $text, $text)";
const expectedRows = (count: number): Sample[] =>
  Array.from({ length: count }, (_, row) => ({
    entityId: `sensor.s${(row % 3) + 1}`,
    time: 1_600_000_000_000 + Math.floor(row / 3) * 250,
    state: String(row),
  }));

describe("a recorder data base of any age", () => {
  it.each([
    ["today", today, intoToday],
    ["2021: times as texts, names in the rows", of2021, into2021],
    [
      "2023.2: both kinds of times, names in the rows",
      `create table states (state_id integer primary key, entity_id text, state text, last_changed datetime, last_changed_ts real, last_updated datetime, last_updated_ts real);`,
      "insert into states (entity_id, state, last_updated_ts) values ($name, $state, $time)",
    ],
  ])("%s: gives every row, in order, over many pages", async (name, schema, insert) => {
    const path = makeDatabase(`${name.slice(0, 6)}.db`, schema, insert, 17_000);
    expect(await readAll(path)).toEqual(expectedRows(17_000));
  });

  it("that Home Assistant has half moved to the new form gives the rows of both", async () => {
    const path = makeDatabase(
      "half.db",
      `${today} drop table states; create table states (state_id integer primary key, entity_id text, state text, last_changed datetime, last_changed_ts real, last_updated datetime, last_updated_ts real, metadata_id integer);`,
      into2021,
      9,
    );
    using database = new DatabaseSync(path);
    database.exec(
      "update states set last_updated_ts = unixepoch(last_updated, 'subsec'), last_updated = null, last_changed = null, metadata_id = 1 + (state_id - 1) % 3, entity_id = null where state_id > 6",
    );
    expect(await readAll(path)).toEqual(expectedRows(9));
  });

  it("can be gone on with from every place, also while rows are added", async () => {
    const path = makeDatabase("resume.db", today, intoToday, 12_000);
    const source = await openSource(path);
    const positions: [string, number][] = [];
    let seen = 0;
    for await (const { samples, position } of source.read()) {
      seen += samples.length;
      if (position !== undefined) positions.push([position, seen]);
    }
    expect(positions.length).toBeGreaterThan(2);
    using database = new DatabaseSync(path);
    database.exec("insert into states (metadata_id, state, last_updated_ts) values (1, 'new', 1700000000)");
    for (const [after, done] of positions) {
      const rest: Sample[] = [];
      for await (const { samples } of source.read({ after })) rest.push(...samples);
      expect(rest).toEqual([
        ...expectedRows(12_000).slice(done),
        { entityId: "sensor.s1", time: 1_700_000_000_000, state: "new" },
      ]);
    }
  });

  it("is read from its beginning when something else stands where the reading had ended", async () => {
    const path = makeDatabase("replaced.db", today, intoToday, 600);
    const source = await openSource(path);
    let after = "";
    for await (const { position } of source.read()) after = position ?? after;
    // A copy of an older data base in the same file, and one of which Home Assistant has removed everything that was read.
    for (const change of [
      "update states set last_updated_ts = last_updated_ts - 1000",
      "delete from states where state_id > 500",
    ]) {
      using database = new DatabaseSync(path);
      database.exec(change);
      const samples: Sample[] = [];
      for await (const batch of source.read({ after })) samples.push(...batch.samples);
      expect(samples).toEqual(await readAll(path));
      expect(samples.length).toBeGreaterThanOrEqual(500);
    }
  });

  it("gives only the entities that are wanted", async () => {
    const path = makeDatabase("wanted.db", today, intoToday, 300);
    const samples: Sample[] = [];
    for await (const batch of (await openSource(path)).read({ wanted: (entityId) => entityId === "sensor.s2" }))
      samples.push(...batch.samples);
    expect(samples).toEqual(expectedRows(300).filter(({ entityId }) => entityId === "sensor.s2"));
  });

  it.skipIf(!hasSharedData)(`gives as many samples as SQL counts (${withoutSharedData})`, async () => {
    const path = folder.at("count.db");
    writeFileSync(path, gunzipSync(readFileSync(join(sharedData, "home-assistant", "recorder-normal.db.gz"))));
    using database = new DatabaseSync(path, { readOnly: true });
    const { rows } = database
      .prepare(
        "select count(*) as rows from states where state is not null and (last_changed_ts is null or last_changed_ts = last_updated_ts)",
      )
      .get() as { rows: number };
    expect((await readAll(path)).length).toBe(rows);
  });
});

const withReads = `create table states_meta (metadata_id integer primary key, entity_id text);
  create table states (state_id integer primary key, metadata_id integer, state text, last_changed_ts real, last_updated_ts real, last_reported_ts real);
  insert into states_meta values (1, 'sensor.a'), (2, 'sensor.b');`;

describe("what the recorder knows beside states", () => {
  it("are reads: the last of a state, and the one that brought the next", async () => {
    const path = folder.at("reads.db");
    using database = new DatabaseSync(path);
    database.exec(`${withReads}
      insert into states (metadata_id, state, last_updated_ts, last_reported_ts) values
        (1, '20', 1000, 1020), (2, '1', 1003, null), (1, '21', 1025, 1025), (1, '22', 1030, null),
        (1, 'unavailable', 1060, 1090), (1, '23', 1095, 1095), (1, '24', 1100, 1100);`);
    const gaps: unknown[] = [];
    for await (const { readGaps = [] } of (await openSource(path)).read()) gaps.push(...readGaps);
    expect(gaps).toEqual([
      { entityId: "sensor.a", from: 1_020_000, to: 1_025_000 },
      { entityId: "sensor.a", from: 1_025_000, to: 1_030_000 },
      // Not into the outage, nor out of it.
      { entityId: "sensor.a", from: 1_095_000, to: 1_100_000 },
    ]);
  });

  it("are hours of the long-term statistics, of which new ones are found later", async () => {
    const path = folder.at("hours.db");
    using database = new DatabaseSync(path);
    database.exec(`${withReads}
      create table statistics_meta (id integer primary key, statistic_id text, source text);
      create table statistics (id integer primary key, metadata_id integer, start_ts real, mean real, min real, max real, state real, sum real);
      insert into statistics_meta values (1, 'sensor.a', 'recorder'), (2, 'sensor.energy', 'recorder'), (3, 'tibber:cost', 'tibber');
      insert into statistics (metadata_id, start_ts, mean, min, max, state, sum) values
        (1, 7200, 21.5, 20, 23, null, null), (2, 3600, null, null, null, 104.5, 4.5), (3, 3600, null, null, null, 1, 1),
        (1, 3600, null, null, null, null, null), (1, 3601, 1, 1, 1, null, null);`);
    const source = await openSource(path);
    const hoursBehind = async (after?: string): Promise<{ hours: unknown[]; position: string | undefined }> => {
      const hours: unknown[] = [];
      let position = after;
      for await (const batch of source.read(after === undefined ? {} : { after })) {
        hours.push(...(batch.hours ?? []));
        position = batch.position ?? position;
      }
      return { hours, position };
    };
    const { hours, position } = await hoursBehind();
    expect(hours).toEqual([
      { entityId: "sensor.energy", start: 3_600_000, state: 104.5, sum: 4.5 },
      { entityId: "sensor.a", start: 7_200_000, mean: 21.5, minimum: 20, maximum: 23 },
    ]);
    database.exec(
      "insert into statistics (metadata_id, start_ts, mean, min, max) values (1, 10800, 22, 22, 22); insert into states (metadata_id, state, last_updated_ts) values (1, '5', 5000)",
    );
    const later = await hoursBehind(position);
    expect(later.hours).toEqual([{ entityId: "sensor.a", start: 10_800_000, mean: 22, minimum: 22, maximum: 22 }]);
  });

  it.skipIf(!hasSharedData)(`are the intervals that are configured (${withoutSharedData})`, async () => {
    const path = folder.at("intervals.db");
    writeFileSync(path, gunzipSync(readFileSync(join(sharedData, "home-assistant", "recorder-normal.db.gz"))));
    const intervals = new EffectiveIntervals();
    for await (const { readGaps = [] } of (await openSource(path)).read()) intervals.addGaps(readGaps);
    // scan_interval in session-modbus.yaml.
    const configured = {
      "sensor.heat_pump_outdoor_temperature": 2,
      "sensor.inverter_pv_power": 2,
      "sensor.inverter_ac_voltage": 5,
      "sensor.heat_pump_pump": 5,
      "sensor.heat_pump_tank_temperature": 10,
      "sensor.inverter_frequency": 10,
    };
    for (const [entityId, seconds] of Object.entries(configured)) {
      const seen = intervals.interval(entityId)?.seconds ?? Number.NaN;
      expect(Math.abs(seen / seconds - 1), `${entityId}: ${seen} s`).toBeLessThan(0.05);
    }
  });
});
