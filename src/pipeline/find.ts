import type { Cluster } from "#model/cluster.ts";
import type { Entity, EntityId } from "#model/entity.ts";
import type { EntityStatistics } from "#model/entity-statistics.ts";
import type { Findings } from "#model/findings.ts";
import type { Pattern } from "#model/pattern.ts";
import type { Relation } from "#model/relation.ts";
import { findClusters } from "./clusters/clusters.ts";
import { objectIdOf } from "./clusters/shared-name.ts";
import { correlate, type Correlations } from "./correlation/correlate.ts";
import type { DotProducts } from "./correlation/dot-products.ts";
import type { Trace } from "./grid/trace.ts";
import { findIdentities } from "./identities/find-identities.ts";
import { observeFrom } from "./identities/observed.ts";
import { findModes } from "./modes/find-modes.ts";
import { findPatterns } from "./patterns/find-patterns.ts";
import type { Behaviour } from "./statistics/accumulator.ts";

/** All that is known of one entity. */
export interface Known {
  readonly entity: Entity;
  readonly statistics: EntityStatistics;
  readonly behaviour: Behaviour;
  readonly trace: Trace;
}

export interface FindOptions {
  /** ms since 1970. */
  readonly now: number;
  /** Hours to add to UTC for local time. */
  readonly utcOffset: number;
  readonly dotProducts: DotProducts;
  /** Clusters found before, which keep their ids. */
  readonly clusters: readonly Cluster[];
}

/** What the signals do and how they go together. A pure function of what is known; yields the share that is done, so that the caller can do other work between. */
export function* findAll(
  known: readonly Known[],
  { now, utcOffset, dotProducts, clusters: before }: FindOptions,
): Generator<number, Findings> {
  const traces = new Map(known.map(({ entity, trace }) => [entity.entityId, trace]));
  const correlations = yield* part(correlate(traces, dotProducts), 0, 0.4);
  const { relations, matrix } = correlations;
  const names = new Map(
    known.map(({ entity: { entityId, name } }) => [entityId, name === entityId ? objectIdOf(entityId) : name]),
  );
  const { clusters, moves } = findClusters(relations, { names, before });
  const identities = yield* part(identitiesOf(known, correlations), 0.4, 0.3);
  const modes = yield* part(findModes(correlations.signals, correlations.grid, { clusters, names }), 0.7, 0.1);
  const patterns = new Map<EntityId, readonly Pattern[]>();
  for (const [index, { entity, statistics, behaviour, trace }] of known.entries()) {
    const { entityId, unit } = entity;
    const signal = correlations.signals.get(entityId);
    const found = findPatterns({
      statistics,
      behaviour,
      trace,
      grid: correlations.grid,
      now,
      utcOffset,
      ...(signal === undefined ? {} : { signal }),
      ...(unit === undefined ? {} : { unit }),
    });
    if (found.length > 0) patterns.set(entityId, found);
    yield 0.8 + (index / known.length) * 0.2;
  }
  return {
    at: now,
    patterns,
    relations,
    clusters,
    moves,
    identities,
    ...(modes === undefined ? {} : { modes }),
    unwatched: correlations.grid.holes(),
    ...(matrix === undefined ? {} : { matrix }),
  };
}

function identitiesOf(
  known: readonly Known[],
  { signals, relations }: Correlations,
): ReturnType<typeof findIdentities> {
  const relatives = relativesIn(relations);
  const observed = known.flatMap(({ entity: { entityId }, statistics: { resolution } }) => {
    const signal = signals.get(entityId);
    return signal === undefined ? [] : [observeFrom(entityId, () => signal.values, resolution)];
  });
  return findIdentities(observed, { relatives: (entityId) => relatives.get(entityId) ?? [] });
}

/** Those an entity goes together with, strongest first. */
function relativesIn(relations: readonly Relation[]): ReadonlyMap<EntityId, readonly EntityId[]> {
  const relatives = new Map<EntityId, EntityId[]>();
  for (const { a, b } of relations) {
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const known = relatives.get(one) ?? [];
      known.push(other);
      relatives.set(one, known);
    }
  }
  return relatives;
}

/** Passes on the progress of a part as that of the whole. */
function* part<Result>(work: Generator<number, Result>, from: number, share: number): Generator<number, Result> {
  for (let next = work.next(); ; next = work.next()) {
    if (next.done === true) return next.value;
    yield from + next.value * share;
  }
}
