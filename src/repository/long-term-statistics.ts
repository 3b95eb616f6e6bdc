import type { EntityId } from "#model/entity.ts";
import type { HourStatistics } from "#model/hour-statistics.ts";
import {
  Batch,
  type Collection,
  columnsCodec,
  type EarlierHour,
  type Storage,
  type Summary,
  type SummaryRange,
  zstdCodec,
} from "#storage/index.ts";
import { safeKey } from "./safe-key.ts";
import { unlessDamaged } from "./unless-damaged.ts";

/** Hourly statistics from before the samples begin; a record holds a month of one entity. */
export class LongTermStatisticsRepository {
  readonly #storage: Storage;
  readonly #collection: Collection<readonly HourStatistics[]>;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#collection = storage.collection({ name: "long-term-statistics", version: 1, codec: zstdCodec(columnsCodec) });
  }

  /** An hour that is there already is replaced. Resolves when all survive the end of the process. */
  async store(hours: readonly HourStatistics[]): Promise<void> {
    const byKey = Map.groupBy(hours, ({ entityId, start }) => keyOf(entityId, start));
    const batch = new Batch();
    for (const [key, news] of byKey) {
      const known = (await unlessDamaged(this.#collection.get(key))) ?? [];
      const merged = new Map([...known, ...news].map((hour) => [hour.start, hour]));
      this.#collection.stagePut(
        batch,
        key,
        [...merged.values()].toSorted((a, b) => a.start - b.start),
      );
    }
    if (batch.size > 0) await this.#storage.write(batch);
  }

  /** See Rename. */
  async rename(from: EntityId, to: EntityId): Promise<void> {
    const hours = await this.read(from);
    if (hours.length === 0) return;
    await this.store(hours.map((hour) => ({ ...hour, entityId: to })));
    const batch = new Batch();
    for await (const key of this.#collection.keys(`${safeKey(from)} `)) this.#collection.stageDelete(batch, key);
    await this.#storage.write(batch);
  }

  /** Summaries of stretches of time, from samples, and before the first of those from these hours. Throws STORE_VALUE_INVALID as the series do. */
  async summarize(entityId: EntityId, range: Omit<SummaryRange, "earlier">): Promise<readonly Summary[]> {
    const hours = await this.read(entityId, { from: range.from - range.step, to: range.to + range.step });
    return this.#storage.series.summarize(entityId, { ...range, earlier: hours.flatMap(summed) });
  }

  /** Hours that begin at or after `from` and before `to`, ms since 1970, oldest first. */
  async read(
    entityId: EntityId,
    {
      from = Number.NEGATIVE_INFINITY,
      to = Number.POSITIVE_INFINITY,
    }: { readonly from?: number; readonly to?: number } = {},
  ): Promise<readonly HourStatistics[]> {
    const hours: HourStatistics[] = [];
    for await (const key of this.#collection.keys(`${safeKey(entityId)} `))
      hours.push(...((await unlessDamaged(this.#collection.get(key))) ?? []));
    return hours.filter(({ start }) => start >= from && start < to);
  }
}

/** By entity and month (UTC); years of four digits sort as texts, and Home Assistant has no others. */
function keyOf(entityId: EntityId, start: number): string {
  return `${safeKey(entityId)} ${new Date(start).toISOString().slice(0, 7)}`;
}

/** Of what only grows Home Assistant keeps the ends of the hours: between two of them it rose evenly, as far as is known. */
function summed(
  { start, mean, minimum, maximum, state }: HourStatistics,
  index: number,
  hours: readonly HourStatistics[],
): readonly EarlierHour[] {
  if (mean !== undefined && minimum !== undefined && maximum !== undefined) return [{ start, mean, minimum, maximum }];
  if (state === undefined) return [];
  const before = hours[index - 1];
  const isNext = before?.state !== undefined && before.start + 3_600_000 === start && before.state <= state;
  const begin = isNext ? (before.state as number) : state;
  return [{ start, minimum: begin, maximum: state, mean: (begin + state) / 2 }];
}
