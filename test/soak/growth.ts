import { readdirSync } from "node:fs";
import type { ProcessSize } from "./probe.ts";

export interface Measured extends ProcessSize {
  /** Of the heap after a collection of garbage, what is no code ({@link heapContent}). */
  readonly dataBytes: number;
  /** ms of a clock that only grows. */
  readonly at: number;
  /** Open files and sockets. */
  readonly handles: number;
}

export interface Growth {
  /** Of the data in the heap after a collection of garbage, MB an hour, with twice its standard error; undefined of too few. */
  readonly slope: { readonly perHour: number; readonly error: number } | undefined;
  readonly handles: number;
  readonly resources: number;
  readonly sentence: string;
}

const megabyte = 1e6;
const hour = 3_600_000;
const fewest = 5;

export function handlesOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** What grew from the first to the last, the slopes by least squares. */
export function growthOf(sizes: readonly Measured[]): Growth {
  const [first, last] = [sizes[0], sizes.at(-1)];
  if (first === undefined || last === undefined || sizes.length < fewest)
    return { slope: undefined, handles: 0, resources: 0, sentence: "Too short to see what grows." };
  const heap = slopeOf(sizes, ({ heapBytes }) => heapBytes);
  const slope = slopeOf(sizes, ({ dataBytes }) => dataBytes);
  const total = ({ resources }: Measured): number => Object.values(resources).reduce((sum, each) => sum + each, 0);
  const megabytes = ({ heapBytes }: Measured): string => (heapBytes / megabyte).toFixed(1);
  return {
    slope,
    handles: last.handles - first.handles,
    resources: total(last) - total(first),
    sentence:
      `Heap after collection ${megabytes(first)} to ${megabytes(last)} MB over ${Math.round((last.at - first.at) / 60_000)} min ` +
      `(${text(heap)} MB an hour, ${text(slope)} of it data, the rest code that was compiled), open files ${first.handles} to ${last.handles}, timers and the like ${total(first)} to ${total(last)}`,
  };
}

/** MB an hour, with twice the standard error. */
function slopeOf(sizes: readonly Measured[], of: (size: Measured) => number): NonNullable<Growth["slope"]> {
  const count = sizes.length;
  const mean = (value: (size: Measured) => number): number => sizes.reduce((sum, size) => sum + value(size), 0) / count;
  const [meanAt, meanBytes] = [mean(({ at }) => at), mean(of)];
  const spread = sizes.reduce((sum, { at }) => sum + (at - meanAt) ** 2, 0);
  const slope = sizes.reduce((sum, size) => sum + (size.at - meanAt) * (of(size) - meanBytes), 0) / spread;
  const left = sizes.reduce((sum, size) => sum + (of(size) - meanBytes - slope * (size.at - meanAt)) ** 2, 0);
  const error = 2 * Math.sqrt(left / (count - 2) / spread);
  return { perHour: (slope * hour) / megabyte, error: (error * hour) / megabyte };
}

function text({ perHour, error }: NonNullable<Growth["slope"]>): string {
  return `${perHour.toFixed(1)} ± ${error.toFixed(1)}`;
}
