import { stat } from "node:fs/promises";
import type { DatabaseSync } from "node:sqlite";
import { breathe } from "#core/breathe.ts";
import { CadenceError } from "#core/errors.ts";
import { isEntityId } from "#model/entity.ts";
import { toMilliseconds } from "#model/sample.ts";
import { type RecorderPart, recorderParts } from "./recorder-schema.ts";
import { SampleBatcher } from "./sample-batcher.ts";
import type { ReadOptions, Source, SourceBatch } from "./source.ts";

/** What an SQLite file begins with. */
export const sqliteMagic: Buffer = Buffer.from("SQLite format 3\0");

/** Arrays are read a third faster than objects. */
type Row = readonly [entityId: string, updated: number, state: string, at: number | string, id: number];

/** How far the rows of a part were read: everything at or in front of this. */
interface Place {
  readonly part: number;
  readonly at: number | string;
  readonly id: number;
}

/** Between two of these Home Assistant may write, and others get their turn. */
const rowsAtOnce = 5_000;
const busyMilliseconds = 5_000;

/**
 * Home Assistant's recorder data base (`home-assistant_v2.db`), of any schema since 2021, read while Home Assistant may be writing it: a few thousand rows at a time, so that
 * no reading holds the data base.
 */
export class RecorderDatabase implements Source {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  async identity(): Promise<string> {
    const { dev, ino } = await stat(this.path, { bigint: true });
    return `recorder ${dev}:${ino}`;
  }

  async *read({ wanted = () => true, after }: ReadOptions = {}): AsyncGenerator<SourceBatch> {
    using database = await openReadOnly(this.path);
    const from = parsePlace(after);
    try {
      const parts = partsOf(database, this.path);
      for (let part = from?.part ?? 0; part < parts.length; part += 1)
        yield* readPart(database, parts[part] as RecorderPart, wanted, from?.part === part ? from : undefined, part);
    } catch (cause) {
      if (cause instanceof CadenceError) throw cause;
      throw unreadable(this.path, (cause as Error).message, cause);
    }
  }
}

async function* readPart(
  database: DatabaseSync,
  { page, extent, beginning }: RecorderPart,
  wanted: (entityId: string) => boolean,
  from: Place | undefined,
  part: number,
): AsyncGenerator<SourceBatch> {
  const { last } = database.prepare(extent).get() as { last: number | null };
  const statement = database.prepare(page);
  statement.setReturnArrays(true);
  let place = from ?? { part, at: beginning, id: -1 };
  for (let first: number | undefined; ;) {
    const rows = wholeTimes(statement.all(place.at, place.id, rowsAtOnce) as unknown as readonly Row[]);
    const end = rows.at(-1);
    if (end === undefined) return;
    const [, updatedAt, , at, id] = end;
    first ??= rows[0]?.[1] ?? updatedAt;
    place = { part, at, id };
    const batcher = new SampleBatcher();
    for (const [entityId, updated, state] of rows)
      if (isEntityId(entityId) && wanted(entityId)) batcher.add({ entityId, time: toMilliseconds(updated), state });
    const share = last === null || last <= first ? 1 : Math.min(1, (updatedAt - first) / (last - first));
    const batches = [...batcher.take(true)];
    for (const samples of batches.slice(0, -1)) yield { samples, problems: [], share };
    yield { samples: batches.at(-1) ?? [], problems: [], share, position: JSON.stringify(place) };
    await breathe();
  }
}

/** Rows of one millisecond are not torn: those of the last one come with the next page, unless this is the last page. */
function wholeTimes(rows: readonly Row[]): readonly Row[] {
  if (rows.length < rowsAtOnce) return rows;
  const last = toMilliseconds((rows.at(-1) as Row)[1]);
  let length = rows.length;
  while (length > 0 && toMilliseconds((rows[length - 1] as Row)[1]) === last) length -= 1;
  return length === 0 ? rows : rows.slice(0, length);
}

function partsOf(database: DatabaseSync, path: string): readonly RecorderPart[] {
  const columnsOf = (table: string): ReadonlySet<string> =>
    new Set(
      database
        .prepare("select name from pragma_table_info(?)")
        .all(table)
        .map(({ name }) => String(name)),
    );
  const parts = recorderParts({ states: columnsOf("states"), statesMeta: columnsOf("states_meta") });
  if (parts === undefined) throw unreadable(path, "it has no table of states as Home Assistant makes it");
  return parts;
}

function parsePlace(text: string | undefined): Place | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as Place);
}

function unreadable(path: string, why: string, cause?: unknown): CadenceError {
  return new CadenceError("SOURCE_UNREADABLE", `${path} cannot be read as a recorder data base: ${why}.`, {
    remedy: "It must be Home Assistant's SQLite data base, home-assistant_v2.db, of 2021 or later.",
    ...(cause === undefined ? {} : { cause }),
  });
}

async function openReadOnly(path: string): Promise<DatabaseSync> {
  const sqlite = await import("node:sqlite");
  try {
    return new sqlite.DatabaseSync(path, { readOnly: true, timeout: busyMilliseconds });
  } catch (cause) {
    throw new CadenceError("SOURCE_UNREADABLE", `${path} cannot be opened: ${(cause as Error).message}.`, { cause });
  }
}
