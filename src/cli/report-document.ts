import type { BusOverview, EntityOverview } from "#model/overview.ts";
import type { Findings } from "#model/findings.ts";
import type { EntityId } from "#model/entity.ts";
import { formulaOf } from "#model/identity.ts";

/** The report as one JSON document; `null` is what is not known. */
export function reportDocument(
  entities: readonly EntityOverview[],
  buses: readonly BusOverview[],
  findings: Findings,
  details: (entityId: EntityId) => Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { relations, clusters, moves, identities, modes } = findings;
  return {
    entities: entities.map((each) => ({ ...entityDocument(each, findings), ...details(each.entity.entityId) })),
    correlations: relations.map(({ probability, effective, ...relation }) => ({
      ...relation,
      nEffective: effective,
      probability,
    })),
    clusters: clusters.map(({ id, name, members, weakest }) => ({ id, name, members, weakest })),
    moves,
    identities: identities.map((identity) => ({
      sentence: formulaOf(identity, (entityId) => entityId),
      members: [identity.entityId, ...identity.terms],
      kind: identity.kind,
      factor: identity.factor,
      error: identity.error,
      n: identity.n,
    })),
    operatingModes: modes ?? null,
    buses: buses.map(({ bus, load, sentence, plan }) => ({
      name: bus.name,
      type: bus.type,
      requestsPerSecond: load.requestsPerSecond,
      utilisation: load.utilisation,
      utilisationAfter: load.utilisationAfter,
      timeOutShare: load.timeOutShare,
      sentence,
      plan: plan ?? null,
    })),
  };
}

function entityDocument(
  { entity, busId, statistics, interval, refreshSeconds, advice, cluster }: EntityOverview,
  { patterns }: Findings,
): Record<string, unknown> {
  const found = patterns.get(entity.entityId) ?? [];
  return {
    entityId: entity.entityId,
    samples: statistics?.samples ?? 0,
    changes: statistics?.changes ?? 0,
    changeRatePerHour: statistics?.changeRate?.perHour ?? null,
    changeRateLow: statistics?.changeRate?.lowPerHour ?? null,
    changeRateHigh: statistics?.changeRate?.highPerHour ?? null,
    changeRateIsLowerBound: statistics?.changeRate?.lowerBound ?? null,
    outages: statistics?.outages ?? null,
    kind: statistics?.kind ?? "unknown",
    pattern: found[0]?.kind ?? null,
    patterns: found,
    periodSeconds: found.find(({ kind }) => kind === "periodic")?.periodSeconds ?? null,
    cluster: cluster ?? null,
    resolution: statistics?.resolution ?? null,
    noise: statistics?.noise ?? null,
    mean: statistics?.mean ?? null,
    deviation: statistics?.deviation ?? null,
    minimum: statistics?.minimum ?? null,
    maximum: statistics?.maximum ?? null,
    availability: statistics?.availability ?? null,
    bus: busId ?? null,
    effectiveInterval: interval?.seconds ?? null,
    jitter: interval?.jitter ?? null,
    effectiveIntervalFrom: interval?.origin ?? null,
    refreshSeconds: refreshSeconds ?? null,
    recommendedInterval: advice?.recommended ?? null,
    reason: advice?.reason ?? null,
    loss: advice?.loss ?? null,
    lossAfter: advice?.lossAfter ?? null,
  };
}
