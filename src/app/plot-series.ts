import { normalize } from "#ingest/normalize.ts";
import type { PlotSeries, RecentReads } from "#model/plot-series.ts";
import type { Reading } from "#model/reading.ts";
import { type Course, keepExtremes } from "#pipeline/plot/keep-extremes.ts";
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

/** Read values are thinned whenever there are so many for each pixel: a year of a lively switch needs no more room than a day. */
const mostForPixel = 16;

interface Read {
  readonly course: Course;
  readonly isWhole: boolean;
}

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
  const read = summed === undefined ? await valuesOf(repository, entityId, { from, to, columns }, texts) : undefined;
  const course = summed ?? (read as Read).course;
  return {
    entityId,
    from,
    to,
    times: course.times,
    values: course.values.map((value) => (Number.isNaN(value) ? null : value)),
    ...(texts.length === 0 ? {} : { texts }),
    isWhole: read?.isWhole === true,
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
  const course: { times: number[]; values: number[] } = { times: [], values: [] };
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

async function valuesOf(repository: Repository, entityId: string, range: PlotRange, texts: string[]): Promise<Read> {
  const { from, to, columns } = range;
  let course: { times: number[]; values: number[] } = { times: [], values: [] };
  let isWhole = true;
  const numbers = new Map<string, number>();
  const add = ({ time, kind, value, state }: Reading): void => {
    course.times.push(Math.max(time, from));
    if (kind === "text" && !numbers.has(state)) {
      numbers.set(state, texts.length);
      texts.push(state);
    }
    course.values.push(kind === "number" ? value : kind === "text" ? (numbers.get(state) as number) : Number.NaN);
  };
  const thin = (): void => {
    const { times, values } = keepExtremes(course, range);
    isWhole &&= times.length === course.times.length;
    course = { times: [...times], values: [...values] };
  };
  const before = await repository.samples.lastBefore(entityId, from);
  const shown = before === undefined ? undefined : normalize(before);
  if (shown !== undefined) add(shown);
  for await (const samples of repository.samples.read(entityId, { from, to })) {
    for (const sample of samples) {
      const reading = normalize(sample);
      if (reading !== undefined) add(reading);
    }
    if (course.times.length > mostForPixel * columns) thin();
  }
  thin();
  return { course, isWhole };
}
