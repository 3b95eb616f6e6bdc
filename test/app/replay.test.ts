import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, it } from "vitest";
import { replay, type ReplayTotals } from "#app/replay.ts";
import { silentLogger } from "#core/logger.ts";
import { Storage } from "#storage/index.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { samplesOf } from "../support/series-content.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";

let folder = new TemporaryFolder();
afterEach(() => {
  folder[Symbol.dispose]();
  folder = new TemporaryFolder();
});

const clock = new ManualClock();
const rows = 30_000;

function makeRecorder(): DatabaseSync {
  const database = new DatabaseSync(folder.at("home-assistant_v2.db"));
  database.exec(`create table states_meta (metadata_id integer primary key, entity_id text);
    create table states (state_id integer primary key, state text, last_changed_ts real, last_updated_ts real, metadata_id integer);
    insert into states_meta values (1, 'sensor.a'), (2, 'sensor.b');
    insert into states (state, last_updated_ts, metadata_id)
      with recursive n(i) as (select 0 union all select i + 1 from n where i < ${rows - 1})
      select cast(i as text), 1600000000 + i * 0.5, 1 + i % 2 from n;`);
  return database;
}

async function run(
  storage: Storage,
  options: { entities?: string[]; signal?: AbortSignal } = {},
): Promise<ReplayTotals> {
  return replay({
    storage,
    paths: [folder.at("home-assistant_v2.db")],
    entities: options.entities ?? [],
    clock,
    logger: silentLogger,
    signal: options.signal ?? new AbortController().signal,
    onProgress: () => undefined,
    onProblem: () => undefined,
  });
}

const open = (name: string): Promise<Storage> =>
  Storage.open({ at: folder.at(name), clock, logger: silentLogger, create: true });

describe("a recorder data base that is replayed again", () => {
  it("is read on from where it was, and rows that came since are taken", async () => {
    using database = makeRecorder();
    await using storage = await open("store");
    expect(await run(storage)).toMatchObject({ samples: rows, stored: rows });
    expect(await run(storage)).toMatchObject({ samples: 0, stored: 0 });
    database.exec("insert into states (state, last_updated_ts, metadata_id) values ('new', 1700000000, 2)");
    expect(await run(storage)).toMatchObject({ samples: 1, stored: 1 });
  });

  it("is read from its beginning for other entities", async () => {
    using _database = makeRecorder();
    await using storage = await open("store");
    expect(await run(storage, { entities: ["sensor.a"] })).toMatchObject({ samples: rows / 2 });
    expect(await run(storage)).toMatchObject({ samples: rows, stored: rows / 2 });
  });

  it("gives the same store when it was stopped on its way", async () => {
    using _database = makeRecorder();
    await using storage = await open("stopped");
    const stop = new AbortController();
    const stopped = replay({
      storage,
      paths: [folder.at("home-assistant_v2.db")],
      entities: [],
      clock,
      logger: silentLogger,
      signal: stop.signal,
      onProgress: (_path, share) => {
        if (share > 0.4) stop.abort();
      },
      onProblem: () => undefined,
    });
    await expect(stopped).rejects.toThrow("aborted");
    const { samples } = await run(storage);
    expect(samples).toBeGreaterThan(0);
    expect(samples).toBeLessThan(rows);
    await using whole = await open("whole");
    await run(whole);
    expect(await samplesOf(storage)).toEqual(await samplesOf(whole));
  });
});
