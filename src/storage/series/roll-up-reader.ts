import type { BlockShelf } from "./block-shelf.ts";
import { type BlockSummary, figuresOf } from "./block-summary.ts";
import { powerOfTen } from "./decimal.ts";
import { type Bucket, bucketAt, hold, type RollUp, rollUpSteps } from "./roll-up.ts";
import { cutSlice, mergeSlices } from "./series-slice.ts";
import type { SeriesState } from "./series-state.ts";

/** What the samples of one stretch of time say. Times in milliseconds. */
export interface Summary {
  readonly start: number;
  readonly end: number;
  readonly samples: number;
  /** Of the samples that are numbers; absent when there is none. */
  readonly minimum?: number;
  readonly maximum?: number;
  readonly mean?: number;
  /** Each value weighted by how long it was held; absent when no number was held. */
  readonly timeWeightedMean?: number;
}

/** An hour that somebody else has summed up. */
export interface EarlierHour {
  /** ms since 1970, a whole hour. */
  readonly start: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Weighted by time. */
  readonly mean: number;
}

export interface SummaryRange {
  readonly from: number;
  readonly to: number;
  /** Length of a stretch; stretches begin at whole multiples of it since 1970. */
  readonly step: number;
  /** What others say of the time before the first sample; used for steps of whole hours. @default nothing */
  readonly earlier?: readonly EarlierHour[];
}

type Sums = { -readonly [Key in keyof Bucket]: Bucket[Key] };

/** A number and since when it stands. */
interface Held {
  readonly value: number;
  readonly time: number;
}

/**
 * Summaries of a series: those stretches that hold a sample, or a value that is held from before until a later sample. Where roll-ups are kept whose length
 * divides `step`, they are read instead of the samples; of what retention has removed only hours are left. Stretches are whole ones: the first begins
 * at or before `from`, the last ends at or behind `to`.
 */
export async function summarize(
  state: SeriesState,
  shelf: BlockShelf,
  { from, to, step, earlier = [] }: SummaryRange,
): Promise<readonly Summary[]> {
  const begin = Math.floor(from / step) * step;
  const end = Math.ceil(to / step) * step;
  const sums = new Map<number, Sums>();
  if (step % rollUpSteps.hour === 0) {
    const until = Math.min(end, state.firstTime);
    for (const hour of earlier)
      if (hour.start >= begin && hour.start + rollUpSteps.hour <= until) addHour(sums, hour, step);
  }
  let held = newestBefore(state, begin);
  for (const block of state.expired.filter(({ first, last }) => last >= begin && first < end)) {
    const rolled = step % rollUpSteps.hour === 0 ? await shelf.readExpired(block) : undefined;
    if (rolled !== undefined) addBuckets(sums, rolled, step);
    held = heldAfter(block);
  }
  const holdUntil = (time: number): void => {
    if (held !== undefined) hold(sums, held.value, Math.max(held.time, begin), Math.min(time, end), step);
  };
  let position = Math.min(begin, state.blockAt(begin)?.first ?? begin);
  while (position < end) {
    const { version } = state;
    const found = state.blockFrom(position);
    const block = found !== undefined && found.first < end ? found : undefined;
    const until = block === undefined ? end : block.last + 1;
    const alone = block !== undefined && block.first >= begin && state.unblocked(position, until).times.length === 0;
    const rolled = alone && block.last < end ? await keptRollUp(shelf, block, step) : undefined;
    const slice = block === undefined || rolled !== undefined ? undefined : await shelf.read(state, block);
    // A checkpoint may have replaced the block while it was read: then look again.
    if (state.version !== version || (block !== undefined && rolled === undefined && slice === undefined)) continue;
    if (block !== undefined && rolled !== undefined) {
      holdUntil(block.first);
      addBuckets(sums, rolled, step);
      held = heldAfter(block);
    } else {
      const unblocked = state.unblocked(position, until);
      const samples = slice === undefined ? unblocked : mergeSlices(cutSlice(slice, position, until), unblocked);
      for (let index = 0; index < samples.times.length; index += 1) {
        const time = samples.times[index] as number;
        const value = samples.states.numberAt(index);
        holdUntil(time);
        held = Number.isNaN(value) ? undefined : { value, time };
        if (time >= begin && time < end) addSample(sums, Math.floor(time / step), value);
      }
    }
    position = until;
  }
  holdUntil(state.lastTime);
  return [...sums.values()].toSorted((a, b) => a.number - b.number).map((sum) => summaryOf(sum, step));
}

/** The number that stands at `time`, as far as it is known without reading a block. */
function newestBefore(state: SeriesState, time: number): Held | undefined {
  const { times, states } = state.unblocked(Number.NEGATIVE_INFINITY, time);
  const block = state.blockBefore(time);
  const last = times.length - 1;
  if (last >= 0 && (block === undefined || (times[last] as number) >= block.last)) {
    const value = states.numberAt(last);
    return Number.isNaN(value) ? undefined : { value, time: times[last] as number };
  }
  return block === undefined ? undefined : heldAfter(block);
}

function heldAfter(block: BlockSummary): Held | undefined {
  const { lastState = "" } = figuresOf(block);
  const value = lastState === "" ? Number.NaN : Number(lastState);
  return Number.isFinite(value) ? { value, time: block.last } : undefined;
}

/** The coarsest roll-up of a block from which stretches of `step` can be put together. */
async function keptRollUp(shelf: BlockShelf, block: BlockSummary, step: number): Promise<RollUp | undefined> {
  const usable = block.rollUps.filter((name) => step % rollUpSteps[name] === 0);
  const coarsest = usable.toSorted((a, b) => rollUpSteps[b] - rollUpSteps[a])[0];
  return coarsest === undefined ? undefined : shelf.readRollUp(block, coarsest);
}

function addBuckets(sums: Map<number, Sums>, rolled: RollUp, step: number): void {
  const unit = powerOfTen[rolled.scale] as number;
  for (const bucket of rolled.buckets) {
    const sum = bucketAt(sums, Math.floor((bucket.number * rolled.step) / step));
    addExtremes(sum, bucket.numbers, bucket.minimum / unit, bucket.maximum / unit);
    sum.count += bucket.count;
    sum.sum += bucket.sum / unit;
    sum.integral += bucket.integral / unit;
    sum.covered += bucket.covered;
  }
}

function addHour(sums: Map<number, Sums>, { start, minimum, maximum, mean }: EarlierHour, step: number): void {
  const sum = bucketAt(sums, Math.floor(start / step));
  addExtremes(sum, 1, minimum, maximum);
  sum.sum += mean;
  sum.integral += mean * rollUpSteps.hour;
  sum.covered += rollUpSteps.hour;
}

function addSample(sums: Map<number, Sums>, number: number, value: number): void {
  const sum = bucketAt(sums, number);
  sum.count += 1;
  if (Number.isNaN(value)) return;
  addExtremes(sum, 1, value, value);
  sum.sum += value;
}

function addExtremes(sum: Sums, numbers: number, minimum: number, maximum: number): void {
  if (numbers === 0) return;
  sum.minimum = sum.numbers === 0 ? minimum : Math.min(sum.minimum, minimum);
  sum.maximum = sum.numbers === 0 ? maximum : Math.max(sum.maximum, maximum);
  sum.numbers += numbers;
}

function summaryOf(sum: Sums, step: number): Summary {
  const { number, count, numbers, minimum, maximum, integral, covered } = sum;
  return {
    start: number * step,
    end: (number + 1) * step,
    samples: count,
    ...(numbers === 0 ? {} : { minimum, maximum, mean: sum.sum / numbers }),
    ...(covered === 0 ? {} : { timeWeightedMean: integral / covered }),
  };
}
