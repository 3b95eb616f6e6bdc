import { breathe } from "#core/breathe.ts";
import { CadenceError } from "#core/errors.ts";
import { type EntityId, isEntityId } from "#model/entity.ts";
import type { HourStatistics } from "#model/hour-statistics.ts";
import type { ReadGap } from "#model/read-gap.ts";
import { isMissing, toMilliseconds } from "#model/sample.ts";
import type { RecorderConnection, RecorderRow, StateRow, StatisticsRow } from "./recorder-connection.ts";
import { type RecorderPart, recorderParts } from "./recorder-schema.ts";
import { SampleBatcher } from "./sample-batcher.ts";
import type { ReadOptions, Source, SourceBatch } from "./source.ts";

/** How far the rows of a part were read: everything at or in front of this. */
interface Place {
  readonly at: number | string;
  readonly id: number;
}

/** Of each part that was begun. */
type Places = Record<number, Place>;

/** Between two of these Home Assistant may write, and others get their turn. */
const rowsAtOnce = 5_000;
const hour = 3_600_000;
/** The end of the year 9999. */
const latest = 253_402_300_799_999;

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
      const places = await findPlaces(connection, parts, after);
      for (const [index, part] of parts.entries()) {
        // Statistics are wanted of all times.
        const begin = (part.kind === "states" ? since : undefined) ?? Number.NEGATIVE_INFINITY;
        const from = places[index] ?? { at: part.atOf(begin / 1_000), id: -1 };
        for await (const { place, ...batch } of readPart(connection, part, wanted, from)) {
          if (place !== undefined) places[index] = place;
          yield place === undefined ? batch : { ...batch, position: JSON.stringify(places) };
        }
      }
    } catch (cause) {
      if (cause instanceof CadenceError) throw cause;
      throw unreadable(this.path, (cause as Error).message, cause);
    }
  }
}

/**
 * Those whose row is still there. Where it is not, something else stands in the place of what was read, or Home Assistant has removed all that was read so far:
 * in both cases everything there is is wanted.
 */
async function findPlaces(
  connection: RecorderConnection,
  parts: readonly RecorderPart[],
  after: string | undefined,
): Promise<Places> {
  const places: Places = {};
  if (after === undefined) return places;
  const known = JSON.parse(after) as Partial<Places>;
  for (const [index, part] of parts.entries()) {
    const place = known[index];
    if (place !== undefined && (await connection.value(part.place, [place.id])) === place.at) places[index] = place;
  }
  return places;
}

interface PartBatch extends Omit<SourceBatch, "position"> {
  readonly place?: Place;
}

async function* readPart(
  connection: RecorderConnection,
  part: RecorderPart,
  wanted: (entityId: string) => boolean,
  from: Place,
): AsyncGenerator<PartBatch> {
  const newest = await connection.value(part.extent);
  const last = typeof newest === "number" ? newest : undefined;
  const reads = new Reads();
  let place = from;
  for (let first: number | undefined; ;) {
    const rows = wholeTimes(await connection.page(part.page, place, rowsAtOnce));
    const end = rows.at(-1);
    if (end === undefined) return;
    const [, endsAt, , at, id] = end;
    first ??= rows[0]?.[1] ?? endsAt;
    place = { at, id };
    const share = last === undefined || last <= first ? 1 : Math.min(1, (endsAt - first) / (last - first));
    const ours = rows.filter(([entityId]) => isEntityId(entityId) && wanted(entityId));
    if (part.kind === "statistics") {
      const hours = (ours as readonly StatisticsRow[]).map(hourOf).filter((hour) => hour !== undefined);
      yield { samples: [], problems: [], hours, share, place };
    } else {
      const states = ours as readonly StateRow[];
      const batcher = new SampleBatcher();
      for (const [entityId, updated, state] of states) batcher.add({ entityId, time: toMilliseconds(updated), state });
      const batches = [...batcher.take(true)];
      for (const samples of batches.slice(0, -1)) yield { samples, problems: [], share };
      const readGaps = part.reads ? reads.gaps(states) : [];
      yield { samples: batches.at(-1) ?? [], problems: [], readGaps, share, place };
    }
    await breathe();
  }
}

/** Finds reads that follow each other: the last one in which a state was the same, and the one that brought the next state. */
class Reads {
  /** Unix seconds; of entities whose newest state is a value. */
  readonly #last = new Map<EntityId, number>();

  gaps(rows: readonly StateRow[]): ReadGap[] {
    const gaps: ReadGap[] = [];
    for (const [entityId, updated, state, , , reported] of rows) {
      const last = this.#last.get(entityId);
      // Around an outage or a restart the state changes without a read.
      if (isMissing(state)) this.#last.delete(entityId);
      else this.#last.set(entityId, Math.max(updated, reported ?? updated));
      if (last !== undefined && updated > last && !isMissing(state))
        gaps.push({ entityId, from: last * 1_000, to: updated * 1_000 });
    }
    return gaps;
  }
}

/** Undefined of an hour that says nothing, or is none. */
function hourOf([entityId, start, state, , , mean, minimum, maximum, sum]: StatisticsRow): HourStatistics | undefined {
  const time = toMilliseconds(start);
  const figures = Object.entries({ mean, minimum, maximum, state, sum }).filter(([, value]) => Number.isFinite(value));
  return figures.length === 0 || time % hour !== 0 || time < 0 || time > latest
    ? undefined
    : { entityId, start: time, ...(Object.fromEntries(figures) as Partial<HourStatistics>) };
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
  const columns = {
    states: await connection.columns("states"),
    statesMeta: await connection.columns("states_meta"),
    statistics: await connection.columns("statistics"),
    statisticsMeta: await connection.columns("statistics_meta"),
  };
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
