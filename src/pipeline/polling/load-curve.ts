import type { LoadCurve, LoadPolicy } from "#model/load-curve.ts";
import { allocate } from "./allocate.ts";
import { planLearned } from "./plan.ts";
import type { HeldOut } from "./walk-forward.ts";

const points = 16;

export interface LoadCurveOptions {
  /** Seconds the bus is busy for one read. */
  readonly serviceSeconds: number;
  /** Reads a second now, of all these entities, and as proposed, with the mean loss measured of each. */
  readonly present: { readonly reads: number; readonly loss: number };
  readonly proposed: { readonly reads: number; readonly loss: number };
}

/** Loss against load with each way to share the reads; yields between the points, undefined where there is nothing to choose. */
export function* loadCurve(
  entities: readonly HeldOut[],
  { serviceSeconds, present, proposed }: LoadCurveOptions,
): Generator<void, LoadCurve | undefined> {
  const tables = entities.map(lossTable);
  // From all as rarely as any of them may be read to all as often, or a full line.
  const readsWith = (place: 0 | -1): number =>
    entities.reduce((sum, { learned }) => sum + 1 / (learned.intervals.at(place) as number), 0);
  const [fewest, most] = [readsWith(-1), Math.min(readsWith(0), 1 / serviceSeconds)];
  if (entities.length === 0 || !(fewest < most)) return undefined;
  const shares: number[] = [];
  const losses: Record<LoadPolicy, number[]> = { plan: [], even: [], changes: [], best: [] };
  for (let point = 0; point < points; point += 1) {
    const reads = fewest * (most / fewest) ** (point / (points - 1));
    shares.push(reads * serviceSeconds);
    for (const [policy, intervals] of Object.entries(intervalsAt(entities, tables, reads))) {
      const sum = intervals.reduce((total, seconds, index) => total + lossAt(tables[index] as LossTable, seconds), 0);
      losses[policy as LoadPolicy].push(sum / entities.length);
    }
    yield;
  }
  return {
    shares,
    losses,
    present: { share: present.reads * serviceSeconds, loss: present.loss },
    proposed: { share: proposed.reads * serviceSeconds, loss: proposed.loss },
  };
}

/** Mean loss that was measured with each interval, ascending. */
interface LossTable {
  readonly seconds: readonly number[];
  readonly losses: readonly number[];
}

function lossTable({ learned, after }: HeldOut): LossTable {
  return {
    seconds: learned.intervals,
    losses: after.map((blocks) => blocks.reduce((sum, loss) => sum + loss, 0) / blocks.length),
  };
}

/** Between two intervals that were measured, in a line over the logarithm of the interval. */
function lossAt({ seconds, losses }: LossTable, interval: number): number {
  const next = seconds.findIndex((each) => each >= interval);
  if (next === -1) return losses.at(-1) as number;
  if (next === 0) return losses[0] as number;
  const [low, high] = [seconds[next - 1] as number, seconds[next] as number];
  const part = Math.log(interval / low) / Math.log(high / low);
  return (losses[next - 1] as number) * (1 - part) + (losses[next] as number) * part;
}

function intervalsAt(
  entities: readonly HeldOut[],
  tables: readonly LossTable[],
  reads: number,
): Readonly<Record<LoadPolicy, readonly number[]>> {
  // What never changed is read a little all the same.
  const weights = entities.map(({ learned }) => (learned.changes + 1) / (learned.reads + 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    plan: planLearned(
      entities.map(({ learned }) => learned),
      reads,
    ).map(({ proposed }) => proposed),
    even: entities.map(() => entities.length / reads),
    changes: weights.map((weight) => total / (weight * reads)),
    best: allocate(
      tables.map(({ seconds, losses }) => ({ intervals: seconds, losses })),
      reads,
    ),
  };
}
