import { breathe } from "#core/breathe.ts";
import { CadenceError } from "#core/errors.ts";
import { isEntityId } from "#model/entity.ts";
import { toMilliseconds } from "#model/sample.ts";
import type { RecorderConnection, RecorderRow } from "./recorder-connection.ts";
import { type RecorderPart, recorderParts } from "./recorder-schema.ts";
import { SampleBatcher } from "./sample-batcher.ts";
import type { ReadOptions, Source, SourceBatch } from "./source.ts";

/** How far the rows of a part were read: everything at or in front of this. */
interface Place {
  readonly part: number;
  readonly at: number | string;
  readonly id: number;
}

/** Between two of these Home Assistant may write, and others get their turn. */
const rowsAtOnce = 5_000;

export interface RecorderOptions {
  /** For people: a file, or the address of a server without its password. */
  readonly path: string;
  readonly connect: () => Promise<RecorderConnection>;
  readonly identity: () => Promise<string>;
}

/**
 * Home Assistant's recorder data base, of any schema since 2021, read while Home Assistant may be writing it: a few thousand rows at a time, so that no reading holds the data base.
 */
export class RecorderDatabase implements Source {
  readonly path: string;
  readonly #options: RecorderOptions;

  constructor(options: RecorderOptions) {
    this.path = options.path;
    this.#options = options;
  }

  identity(): Promise<string> {
    return this.#options.identity();
  }

  async *read({ wanted = () => true, after, from: since }: ReadOptions = {}): AsyncGenerator<SourceBatch> {
    try {
      await using connection = await this.#options.connect();
      const parts = await partsOf(connection, this.path);
      const from = after === undefined ? undefined : await findPlace(connection, parts, JSON.parse(after) as Place);
      for (let part = from?.part ?? 0; part < parts.length; part += 1)
        yield* readPart(connection, parts[part] as RecorderPart, wanted, from?.part === part ? from : { part, since });
    } catch (cause) {
      if (cause instanceof CadenceError) throw cause;
      throw unreadable(this.path, (cause as Error).message, cause);
    }
  }
}

/**
 * Undefined when the row is not there any more: something else stands in the place of what was read, or Home Assistant has removed all that was read so far. In
 * both cases everything there is is wanted.
 */
async function findPlace(
  connection: RecorderConnection,
  parts: readonly RecorderPart[],
  place: Place,
): Promise<Place | undefined> {
  const part = parts[place.part];
  const at = part === undefined ? undefined : await connection.value(part.place, [place.id]);
  return at === place.at ? place : undefined;
}

async function* readPart(
  connection: RecorderConnection,
  { page, extent, atOf }: RecorderPart,
  wanted: (entityId: string) => boolean,
  from: Place | { readonly part: number; readonly since: number | undefined },
): AsyncGenerator<SourceBatch> {
  const { part } = from;
  const newest = await connection.value(extent);
  const last = typeof newest === "number" ? newest : undefined;
  let place: Place = "at" in from ? from : { part, at: atOf((from.since ?? Number.NEGATIVE_INFINITY) / 1_000), id: -1 };
  for (let first: number | undefined; ;) {
    const rows = wholeTimes(await connection.page(page, place, rowsAtOnce));
    const end = rows.at(-1);
    if (end === undefined) return;
    const [, updatedAt, , at, id] = end;
    first ??= rows[0]?.[1] ?? updatedAt;
    place = { part, at, id };
    const batcher = new SampleBatcher();
    for (const [entityId, updated, state] of rows)
      if (isEntityId(entityId) && wanted(entityId)) batcher.add({ entityId, time: toMilliseconds(updated), state });
    const share = last === undefined || last <= first ? 1 : Math.min(1, (updatedAt - first) / (last - first));
    const batches = [...batcher.take(true)];
    for (const samples of batches.slice(0, -1)) yield { samples, problems: [], share };
    yield { samples: batches.at(-1) ?? [], problems: [], share, position: JSON.stringify(place) };
    await breathe();
  }
}

/** Rows of one millisecond are not torn: those of the last one come with the next page, unless this is the last page. */
function wholeTimes(rows: readonly RecorderRow[]): readonly RecorderRow[] {
  if (rows.length < rowsAtOnce) return rows;
  const last = toMilliseconds((rows.at(-1) as RecorderRow)[1]);
  let length = rows.length;
  while (length > 0 && toMilliseconds((rows[length - 1] as RecorderRow)[1]) === last) length -= 1;
  return length === 0 ? rows : rows.slice(0, length);
}

async function partsOf(connection: RecorderConnection, path: string): Promise<readonly RecorderPart[]> {
  const columns = { states: await connection.columns("states"), statesMeta: await connection.columns("states_meta") };
  const parts = recorderParts(columns, connection.dialect);
  if (parts === undefined) throw unreadable(path, "it has no table of states as Home Assistant makes it");
  return parts;
}

function unreadable(path: string, why: string, cause?: unknown): CadenceError {
  return new CadenceError("SOURCE_UNREADABLE", `${path} cannot be read as a recorder data base: ${why}.`, {
    remedy:
      "It must be Home Assistant's: home-assistant_v2.db of 2021 or later, or its db_url of PostgreSQL or MariaDB of 2023.4 or later.",
    ...(cause === undefined ? {} : { cause }),
  });
}
