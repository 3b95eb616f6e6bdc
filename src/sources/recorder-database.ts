import { CadenceError } from "#core/errors.ts";
import { isEntityId } from "#model/entity.ts";
import { toMilliseconds } from "#model/sample.ts";
import { SampleBatcher } from "./sample-batcher.ts";
import type { Source, SourceBatch } from "./source.ts";

/** What an SQLite file begins with. */
export const sqliteMagic: Buffer = Buffer.from("SQLite format 3\0");

/**
 * Rows in which a state came into being, oldest first. In Home Assistant's schema `last_changed_ts` is null when it equals
 * `last_updated_ts`; where it differs, attributes alone changed. A null state marks a removed entity.
 */
const query = `
  select m.entity_id as entityId, s.last_updated_ts as updated, s.state as state
  from states s join states_meta m using (metadata_id)
  where s.state is not null and (s.last_changed_ts is null or s.last_changed_ts = s.last_updated_ts)
  order by s.last_updated_ts, s.state_id`;

interface Row {
  readonly entityId: string;
  readonly updated: number;
  readonly state: string;
}

const rowsBetweenLooks = 5_000;

/** Home Assistant's recorder data base (`home-assistant_v2.db`), read while Home Assistant may be writing it. */
export class RecorderDatabase implements Source {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  async *read(): AsyncGenerator<SourceBatch> {
    using database = await openReadOnly(this.path);
    const batcher = new SampleBatcher();
    let read = 0;
    try {
      const total = (database.prepare("select count(*) as rows from states").get() as { rows: number }).rows;
      for (const row of database.prepare(query).iterate() as Iterable<Row>) {
        read += 1;
        if (isEntityId(row.entityId))
          batcher.add({ entityId: row.entityId, time: toMilliseconds(row.updated), state: row.state });
        if (read % rowsBetweenLooks !== 0) continue;
        for (const samples of batcher.take()) yield { samples, problems: [], share: Math.min(1, read / total) };
      }
    } catch (cause) {
      if (cause instanceof CadenceError) throw cause;
      throw new CadenceError(
        "SOURCE_UNREADABLE",
        `${this.path} cannot be read as a recorder data base: ${(cause as Error).message}.`,
        {
          remedy: "It must be Home Assistant's SQLite data base, home-assistant_v2.db, of 2023.4 or later.",
          cause,
        },
      );
    }
    for (const samples of batcher.take(true)) yield { samples, problems: [], share: 1 };
  }
}

async function openReadOnly(path: string) {
  const sqlite = await import("node:sqlite");
  try {
    return new sqlite.DatabaseSync(path, { readOnly: true });
  } catch (cause) {
    throw new CadenceError("SOURCE_UNREADABLE", `${path} cannot be opened: ${(cause as Error).message}.`, { cause });
  }
}
