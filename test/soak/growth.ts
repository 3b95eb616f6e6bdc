import { readdirSync } from "node:fs";
import type { ProcessSize } from "./probe.ts";

export interface Measured extends ProcessSize {
  /** ms of a clock that only grows. */
  readonly at: number;
  /** Open files and sockets. */
  readonly handles: number;
}

export interface Growth {
  /** Of the heap after a collection of garbage, MB an hour, with twice its standard error; undefined of too few. */
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

/** What grew from the first to the last, the slope by least squares. */
export function growthOf(sizes: readonly Measured[]): Growth {
  const [first, last] = [sizes[0], sizes.at(-1)];
  if (first === undefined || last === undefined || sizes.length < fewest)
    return { slope: undefined, handles: 0, resources: 0, sentence: "Too short to see what grows." };
  const count = sizes.length;
  const meanAt = sizes.reduce((sum, { at }) => sum + at, 0) / count;
  const meanHeap = sizes.reduce((sum, { heapBytes }) => sum + heapBytes, 0) / count;
  const spread = sizes.reduce((sum, { at }) => sum + (at - meanAt) ** 2, 0);
  const slope = sizes.reduce((sum, { at, heapBytes }) => sum + (at - meanAt) * (heapBytes - meanHeap), 0) / spread;
  const left = sizes.reduce((sum, { at, heapBytes }) => sum + (heapBytes - meanHeap - slope * (at - meanAt)) ** 2, 0);
  const error = 2 * Math.sqrt(left / (count - 2) / spread);
  const [perHour, perHourError] = [(slope * hour) / megabyte, (error * hour) / megabyte];
  const total = ({ resources }: Measured): number => Object.values(resources).reduce((sum, each) => sum + each, 0);
  return {
    slope: { perHour, error: perHourError },
    handles: last.handles - first.handles,
    resources: total(last) - total(first),
    sentence:
      `Heap after collection ${(first.heapBytes / megabyte).toFixed(1)} to ${(last.heapBytes / megabyte).toFixed(1)} MB over ${Math.round((last.at - first.at) / 60_000)} min ` +
      `(${perHour.toFixed(1)} ± ${perHourError.toFixed(1)} MB an hour), open files ${first.handles} to ${last.handles}, timers and the like ${total(first)} to ${total(last)}`,
  };
}
