import { Breath } from "#core/breathe.ts";
import { CadenceError } from "#core/errors.ts";
import { normalize } from "#ingest/normalize.ts";
import type { Reading } from "#model/reading.ts";
import { backTest, type BackTest } from "#pipeline/polling/back-test.ts";
import type { Objective } from "#pipeline/polling/loss.ts";
import { commonTick, polledGrid, type PolledGrid } from "#pipeline/polling/polled-grid.ts";
import { openSource } from "#sources/open-source.ts";

export interface SimulateOptions {
  /** A file of samples, best every read with its value, changed or not. */
  readonly path: string;
  readonly train: number;
  readonly readsPerSecond: number;
  readonly objective: Objective;
  /** Seconds between two reads of an entity as somebody has set them; undefined of one that is not set. @default nobody has */
  readonly presentOf?: (entityId: string) => number | undefined;
  readonly progress?: (share: number) => void;
}

export interface Simulation extends BackTest {
  readonly grid: PolledGrid;
  /** Seconds between two reads of each entity if all are read alike. */
  readonly uniformSeconds: number;
}

const leastRows = 40;

/** Reads a recording as it was. Throws SOURCE_*. */
export async function readRecording(path: string): Promise<ReadonlyMap<string, readonly Reading[]>> {
  const source = await openSource(path);
  const readings = new Map<string, Reading[]>();
  for await (const batch of source.read()) {
    for (const sample of batch.samples) {
      const reading = normalize(sample);
      if (reading === undefined) continue;
      const known = readings.get(reading.entityId) ?? [];
      known.push(reading);
      readings.set(reading.entityId, known);
    }
  }
  for (const each of readings.values()) each.sort((a, b) => a.time - b.time);
  return readings;
}

/** Tries policies on a recording: learned on its first part, judged on the rest. Throws SOURCE_*, USAGE. */
export async function simulate({
  path,
  train,
  readsPerSecond,
  objective,
  presentOf,
  progress,
}: SimulateOptions): Promise<Simulation> {
  const readings = await readRecording(path);
  const tick = commonTick(readings);
  const grid = tick === undefined ? undefined : polledGrid(readings, tick);
  const rows = grid?.columns[0]?.length ?? 0;
  if (grid === undefined || rows < leastRows) {
    throw new CadenceError(
      "SOURCE_UNREADABLE",
      `${path} holds too few reads, or reads too far apart, to try policies on.`,
      {
        remedy: `Give a recording of at least ${leastRows} reads of an entity, each a row, changed or not.`,
      },
    );
  }
  const uniform = Math.max(1, Math.round(grid.columns.length / readsPerSecond / grid.tick));
  if (uniform > rows / 8) {
    throw new CadenceError(
      "USAGE",
      `With ${readsPerSecond} reads a second each entity would be read too rarely to learn anything.`,
      {
        remedy: `The recording has ${grid.columns.length} entities and lasts ${Math.round(rows * grid.tick)} s: allow more.`,
      },
    );
  }
  const present =
    presentOf && grid.entityIds.map((entityId) => (presentOf(entityId) ?? uniform * grid.tick) / grid.tick);
  const work = backTest(
    { columns: grid.columns, uniform, train, objective, ...(present === undefined ? {} : { present }) },
    randomNumbers(1),
  );
  const breath = new Breath();
  for (let next = work.next(); ; next = work.next()) {
    if (next.done === true) return { ...next.value, grid, uniformSeconds: uniform * grid.tick };
    progress?.(next.value);
    await breath.take();
  }
}

/** The same numbers for the same seed (mulberry32): a back-test gives the same limits again. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
