import { normalize } from "#ingest/normalize.ts";
import type { PlotSeries, RecentReads } from "#model/plot-series.ts";
import type { Reading } from "#model/reading.ts";
import { keepExtremes } from "#pipeline/plot/keep-extremes.ts";
import type { Repository } from "#repository/repository.ts";

export interface PlotRange {
  /** ms since 1970, [from, to). */
  readonly from: number;
  readonly to: number;
  /** Pixels that there are. */
  readonly columns: number;
}

const minutes = 60_000;
/** Roll-ups are kept of these lengths; a stretch is a whole number of them. */
const rollUps: readonly number[] = [60 * minutes, 5 * minutes];

type Course = { readonly times: number[]; readonly values: number[] };

/** What an entity showed, thin enough for a plot of so many pixels; long stretches come from roll-ups. */
export async function plotSeries(
  repository: Repository,
  entityId: string,
  { from, to, columns }: PlotRange,
  reads: RecentReads,
): Promise<PlotSeries> {
  const extent = repository.samples.extent(entityId);
  const step = (to - from) / columns;
  const rollUp = rollUps.find((each) => step >= each);
  const summed =
    rollUp === undefined
      ? undefined
      : await summedUp(repository, entityId, { from, to }, Math.ceil(step / rollUp) * rollUp);
  const texts: string[] = [];
  const whole = summed === undefined ? await everyValue(repository, entityId, { from, to }, texts) : undefined;
  const course = summed ?? keepExtremes(whole as Course, { from, to, columns });
  return {
    entityId,
    from,
    to,
    times: course.times,
    values: course.values.map((value) => (Number.isNaN(value) ? null : value)),
    ...(texts.length === 0 ? {} : { texts }),
    isWhole: whole !== undefined && course.times.length === whole.times.length,
    ...(extent === undefined ? {} : { extent }),
    reads,
  };
}

/** Undefined where there are no numbers to sum up. */
async function summedUp(
  repository: Repository,
  entityId: string,
  { from, to }: Omit<PlotRange, "columns">,
  step: number,
): Promise<Course | undefined> {
  const course: Course = { times: [], values: [] };
  const add = (time: number, value: number): void => {
    course.times.push(time);
    course.values.push(value);
  };
  let end = from;
  for (const summary of await repository.longTermStatistics.summarize(entityId, { from, to, step })) {
    const { start, minimum, maximum, timeWeightedMean } = summary;
    if (start > end && course.times.length > 0) add(end, Number.NaN);
    const [least, greatest] = [minimum ?? timeWeightedMean, maximum ?? timeWeightedMean];
    if (least === undefined || greatest === undefined) continue;
    add(start, least);
    if (greatest > least) add(start + step / 2, greatest);
    ({ end } = summary);
  }
  return course.times.length === 0 ? undefined : course;
}

async function everyValue(
  repository: Repository,
  entityId: string,
  { from, to }: Omit<PlotRange, "columns">,
  texts: string[],
): Promise<Course> {
  const course: Course = { times: [], values: [] };
  const numbers = new Map<string, number>();
  const add = ({ time, kind, value, state }: Reading): void => {
    course.times.push(Math.max(time, from));
    if (kind === "text" && !numbers.has(state)) {
      numbers.set(state, texts.length);
      texts.push(state);
    }
    course.values.push(kind === "number" ? value : kind === "text" ? (numbers.get(state) as number) : Number.NaN);
  };
  const before = await repository.samples.lastBefore(entityId, from);
  const shown = before === undefined ? undefined : normalize(before);
  if (shown !== undefined) add(shown);
  for await (const samples of repository.samples.read(entityId, { from, to })) {
    for (const sample of samples) {
      const reading = normalize(sample);
      if (reading !== undefined) add(reading);
    }
  }
  return course;
}
