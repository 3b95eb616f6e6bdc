import type { EntityId } from "#model/entity.ts";
import type { SparkLine } from "#model/spark-line.ts";
import type { Repository } from "#repository/repository.ts";

const step = 1_800_000;
const strokes = 48;

/** The last day of each entity, from roll-ups where there are some. */
export async function sparkLines(
  repository: Repository,
  entityIds: readonly EntityId[],
  now: number,
): Promise<readonly SparkLine[]> {
  const to = Math.ceil(now / step) * step;
  const from = to - strokes * step;
  const lines: SparkLine[] = [];
  for (const entityId of entityIds) {
    const values: (number | null)[] = Array.from({ length: strokes }, () => null);
    for (const { start, timeWeightedMean, mean } of await repository.longTermStatistics.summarize(entityId, {
      from,
      to,
      step,
    })) {
      const place = Math.round((start - from) / step);
      if (place >= 0 && place < strokes) values[place] = timeWeightedMean ?? mean ?? null;
    }
    lines.push({ entityId, values });
  }
  return lines;
}
