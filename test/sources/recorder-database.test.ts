import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import type { Sample } from "#model/sample.ts";
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
