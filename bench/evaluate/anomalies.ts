import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { RecentColumns } from "../../src/pipeline/correlation/recent-columns.ts";
import { Signal } from "../../src/pipeline/correlation/signal.ts";
import { Grid } from "../../src/pipeline/grid/grid.ts";
import { addToTrace, emptyTrace, type Trace } from "../../src/pipeline/grid/trace.ts";
import { normalize } from "../../src/ingest/normalize.ts";
import { changePoints } from "../../src/pipeline/patterns/change-points.ts";
import { dataFolder } from "./recording.ts";

export interface AnomalyScore {
  readonly runs: number;
  readonly labelled: number;
  readonly found: number;
  /** Share of the found changes that are labelled, and of the labelled that are found. */
  readonly precision: number;
  readonly recall: number;
  /** Precision of changes at any time: the share of the time that is near to a label. */
  readonly chance: number;
}

/** A change counts as found this near to its label, ms. */
export const tolerance = 60_000;
/** In deviations of the noise. */
const leastSize = 6;
/** Changes of several channels as near to each other are one. */
const sameTime = 30_000;

/** Changes of level in the labelled runs of skab-water-pump, each run by itself, beside its labelled change points. Undefined where the recording is not there. */
export function scoreAnomalies(): AnomalyScore | undefined {
  const folder = join(dataFolder, "series", "skab-water-pump");
  if (!existsSync(join(folder, "labels.csv.gz"))) return undefined;
  const runs = new Map<string, { from: number; to: number; labels: number[] }>();
  for (const [time = "", run = "", , changePoint] of rowsOf(join(folder, "labels.csv.gz"))) {
    const at = Number(time);
    const known = runs.get(run) ?? { from: at, to: at, labels: [] };
    runs.set(run, known);
    known.to = at;
    if (changePoint === "1") known.labels.push(at);
  }
  const samples = [...rowsOf(join(folder, "series.csv.gz"))];
  let [found, labelled, rightFound, rightLabels, seconds, nearSeconds] = [0, 0, 0, 0, 0, 0];
  for (const { from, to, labels } of runs.values()) {
    const times = changesIn(samples, from, to);
    const near = (time: number, others: readonly number[]): boolean =>
      others.some((other) => Math.abs(other - time) <= tolerance);
    found += times.length;
    labelled += labels.length;
    for (let time = from; time < to; time += 1_000) {
      seconds += 1;
      if (near(time, labels)) nearSeconds += 1;
    }
    rightFound += times.filter((time) => near(time, labels)).length;
    rightLabels += labels.filter((time) => near(time, times)).length;
  }
  const [precision, recall, chance] = [rightFound / found, rightLabels / labelled, nearSeconds / seconds];
  return { runs: runs.size, labelled, found, precision, recall, chance };
}

function changesIn(samples: readonly (readonly string[])[], from: number, to: number): number[] {
  const traces = new Map<string, Trace>();
  for (const [entityId = "", time = "", state = ""] of samples) {
    const reading = normalize({ entityId, time: Number(time), state });
    if (reading === undefined || reading.time < from || reading.time > to) continue;
    const trace = traces.get(entityId) ?? emptyTrace();
    traces.set(entityId, trace);
    addToTrace(trace, reading);
  }
  const grid = Grid.of(traces.values());
  const times = [...traces].flatMap(([entityId, trace]) =>
    changePoints(new Signal(entityId, trace, grid, new RecentColumns()).values)
      .filter(({ size }) => size >= leastSize)
      .map(({ row }) => grid.timeOf(row)),
  );
  const distinct: number[] = [];
  for (const time of times.toSorted((a, b) => a - b)) {
    if (time - (distinct.at(-1) ?? Number.NEGATIVE_INFINITY) > sameTime) distinct.push(time);
  }
  return distinct;
}

function* rowsOf(path: string): Generator<readonly string[]> {
  const [, ...lines] = gunzipSync(readFileSync(path)).toString().trim().split("\n");
  for (const line of lines) yield line.split(",");
}
