import type { CorrelationMatrix } from "#model/correlation-matrix.ts";
import type { EntityId } from "#model/entity.ts";
import type { Relation } from "#model/relation.ts";
import { Grid } from "../grid/grid.ts";
import type { Trace } from "../grid/trace.ts";
import type { DotProducts } from "./dot-products.ts";
import { strongestLag } from "./lag.ts";
import { pearson } from "./pearson.ts";
import { RecentColumns } from "./recent-columns.ts";
import { screen } from "./screen.ts";
import { Signal } from "./signal.ts";
import { correlationProbability, discoveryThreshold, effectiveSampleSize } from "./significance.ts";

export interface Correlations {
  readonly grid: Grid;
  /** Those that could be compared: they vary, and are known in enough rows. */
  readonly signals: ReadonlyMap<EntityId, Signal>;
  /** Proven ones first, then strongest first. */
  readonly relations: readonly Relation[];
  /** Absent when there are too many entities for it. */
  readonly matrix?: CorrelationMatrix;
}

/** Of the relations that are found, at most this share is chance. */
export const falseDiscoveryRate = 0.05;
/** Weaker ones may be real, but are of no use. */
const weakest = 0.3;
/** Told also when it is not proven, of so many. */
const strong = 0.8;
const mostUnproven = 100;
/** With fewer rows, or changes, nothing is said. */
const leastRows = 16;
const leastChanges = 3;
/** Fewer changes in common may be one event. */
const leastCommonChanges = 4;
/** Of a relation between values that is none of outliers alone. */
const leastRankShare = 0.6;
/** Two that change in steps, and nearly always in the same rows, are compared plateau by plateau. */
const sharedSteps = 0.8;
const mostSteps = 50;
/** Pairs that are looked at closely. */
const mostCandidates = 40_000;
const leastCandidatesEach = 8;
const largestMatrix = 500;

/**
 * Which entities go together: Pearson's and Spearman's correlation of values and of changes, on the grid. All pairs are screened by integer dot products; what may matter is computed again exactly, and
 * counts when independent signals of the same memory would not show it. Yields the share that is done, so that the caller can do other work between.
 */
export function* correlate(
  traces: ReadonlyMap<EntityId, Trace>,
  dotProducts: DotProducts,
): Generator<number, Correlations> {
  const fitting = Grid.fitting(traces.values());
  let fitted = fitting.next();
  for (; fitted.done !== true; fitted = fitting.next()) yield 0;
  const grid = fitted.value;
  const columns = new RecentColumns();
  const signals: Signal[] = [];
  for (const [entityId, trace] of traces) {
    if (trace.count <= leastChanges) continue;
    const signal = new Signal(entityId, trace, grid, columns);
    if (isComparable(signal)) signals.push(signal);
    yield 0.05;
  }
  signals.sort((a, b) => (a.entityId < b.entityId ? -1 : 1));
  const count = signals.length;
  const entityIds = signals.map(({ entityId }) => entityId);
  const values = count <= largestMatrix ? new Float64Array(count * count).fill(Number.NaN) : undefined;
  for (let index = 0; index < count && values !== undefined; index += 1) values[index * count + index] = 1;
  const options = { weakest, mostEach: Math.max(leastCandidatesEach, Math.floor(mostCandidates / Math.max(1, count))) };
  const candidates = new Set<number>();
  for (const [index, part] of (["values", "ranks", "changes"] as const).entries()) {
    const enter =
      values !== undefined && part === "values"
        ? (a: number, b: number, r: number): void => {
            values[a * count + b] = r;
            values[b * count + a] = r;
          }
        : undefined;
    const found = screen(count, (row) => (signals[row] as Signal)[part], dotProducts, options, enter);
    for (let next = found.next(); ; next = found.next()) {
      if (next.done === true) {
        for (const pair of next.value) candidates.add(pair);
        break;
      }
      yield 0.05 + (index + next.value) * 0.15;
    }
  }
  const compared: Omit<Relation, "proven">[] = [];
  let done = 0;
  // Those of one entity together: its columns are at hand then.
  for (const pair of [...candidates].toSorted((a, b) => a - b)) {
    const relation = compare(signals[Math.floor(pair / count)] as Signal, signals[pair % count] as Signal);
    if (relation !== undefined) compared.push(relation);
    done += 1;
    yield 0.5 + (done / candidates.size) * 0.4;
  }
  const limit = discoveryThreshold(
    compared.map(({ probability }) => probability),
    (count * (count - 1)) / 2,
    falseDiscoveryRate,
  );
  const byId = new Map(signals.map((signal) => [signal.entityId, signal]));
  const relations: Relation[] = [];
  for (const relation of compared.filter(({ probability }) => probability <= limit)) {
    relations.push({ ...relation, proven: true, ...strongestLag(relation, byId, grid) });
    yield 0.95;
  }
  const proven = relations.length;
  const unproven = compared
    .filter(({ probability, r }) => probability > limit && Math.abs(r) >= strong)
    .toSorted((a, b) => Math.abs(b.r) - Math.abs(a.r));
  for (const relation of unproven) {
    if (relations.length - proven >= mostUnproven) break;
    if (isTelling(relation, byId)) relations.push({ ...relation, proven: false });
    yield 0.97;
  }
  relations.sort(
    (a, b) => Number(b.proven) - Number(a.proven) || Math.abs(b.r) - Math.abs(a.r) || a.probability - b.probability,
  );
  return {
    grid,
    signals: byId,
    relations,
    ...(values === undefined
      ? {}
      : { matrix: { entityIds, values, computedAt: grid.rows === 0 ? 0 : grid.timeOf(grid.rows - 1) } }),
  };
}

function isComparable({ values }: Signal): boolean {
  let known = 0;
  let changes = 0;
  let before = Number.NaN;
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] as number;
    if (Number.isNaN(value)) continue;
    known += 1;
    if (value !== before && !Number.isNaN(before)) changes += 1;
    before = value;
  }
  return known >= leastRows && changes >= leastChanges;
}

/** Not proven, but too strong to be kept from people. */
function isTelling({ a, b, r, rank }: Omit<Relation, "proven">, signals: ReadonlyMap<EntityId, Signal>): boolean {
  return Math.abs(r) >= strong && rank * r > 0 && ![a, b].some((entityId) => signals.get(entityId)?.isMonotone ?? true);
}

/** Undefined when the two do not vary together at all. */
function compare(a: Signal, b: Signal): Omit<Relation, "proven"> | undefined {
  const { r, n } = pearson(a.values, b.values);
  if (Number.isNaN(r) || n < leastRows) return undefined;
  const rank = pearson(a.ranks, b.ranks).r;
  const change = pearson(a.changes, b.changes).r;
  const effective = effectiveSampleSize(n, a.memory, b.memory);
  const steps = commonSteps(a.changes, b.changes);
  // What a few outliers have in common does not show in the ranks.
  const isLevel = Math.abs(rank) >= Math.abs(r) * leastRankShare && rank * r > 0 && !a.isTrend && !b.isTrend;
  const byValues = isLevel
    ? Math.max(correlationProbability(r, effective), correlationProbability(rank, effective))
    : 1;
  const probability = Math.min(byValues, changeProbability(a, b, steps, change), stepProbability(steps, r));
  if (Math.abs(r) < weakest && Math.abs(change) < weakest && Math.abs(rank) < weakest) return undefined;
  return {
    a: a.entityId,
    b: b.entityId,
    r,
    rank,
    change: Number.isNaN(change) ? 0 : change,
    lagSeconds: 0,
    lagged: r,
    n,
    effective,
    probability,
  };
}

interface Steps {
  /** Rows in which both change. */
  readonly common: number;
  /** Rows in which at least one does. */
  readonly either: number;
}

function commonSteps(a: Float64Array, b: Float64Array): Steps {
  let common = 0;
  let either = 0;
  for (let row = 0; row < a.length; row += 1) {
    const changesA = Math.abs(a[row] as number) > 0;
    const changesB = Math.abs(b[row] as number) > 0;
    if (changesA && changesB) common += 1;
    if (changesA || changesB) either += 1;
  }
  return { common, either };
}

/** Of the changes, and of their ranks as well: one outlier in common is no relation. */
function changeProbability(a: Signal, b: Signal, { common, either }: Steps, change: number): number {
  if (common < leastCommonChanges) return 1;
  // Rows in which nothing changes tell nothing.
  const effective = effectiveSampleSize(either, a.changeMemory, b.changeMemory);
  const { r } = pearson(a.changeRanks, b.changeRanks);
  return Math.max(correlationProbability(change, effective), correlationProbability(r, effective));
}

/** Of values that seldom change, and then together: as many independent ones as there are plateaus. */
function stepProbability({ common, either }: Steps, r: number): number {
  return either <= mostSteps && common >= either * sharedSteps ? correlationProbability(r, either + 1) : 1;
}
