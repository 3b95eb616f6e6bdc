import type { JoinedRead } from "#model/joined-plan.ts";
import type { RegisterType, YamlEntity, YamlHub } from "#model/yaml-hub.ts";
import { readCost } from "./cost-model.ts";

/** Most that one request may ask for: MODBUS Application Protocol V1.1b3, 6.1 to 6.4. */
const mostRegisters = 125;
const mostBits = 2_000;

interface Span {
  readonly unit: number;
  readonly registerType: RegisterType;
  readonly address: number;
  readonly end: number;
  readonly interval: number;
  readonly entityId: string;
}

/**
 * How the polled reads of a hub would best be put together, were they free to be: requests of neighbours, holes between them read as well where that costs less than a request of their own, each as often as
 * the fastest of its entities. The least load of all ways to cut each row of registers into requests (dynamic programming, O(n · registers of a request)). `scale`: an observed read over an assumed one.
 */
export function joinReads(hub: YamlHub, intervalOf: (entity: YamlEntity) => number, scale = 1): readonly JoinedRead[] {
  const spans = hub.entities.flatMap((entity) => {
    const interval = intervalOf(entity);
    if (!(interval > 0)) return [];
    return entity.reads.map(({ registerType, address, count }): Span => ({
      unit: entity.unit,
      registerType,
      address,
      end: address + count,
      interval,
      entityId: entity.entityId,
    }));
  });
  const rows = Map.groupBy(spans, ({ unit, registerType }) => `${unit} ${registerType}`);
  return [...rows.values()].flatMap((row) => cut(row, hub, scale));
}

function cut(row: readonly Span[], hub: YamlHub, scale: number): JoinedRead[] {
  const spans = row.toSorted((a, b) => a.address - b.address || a.end - b.end);
  const most = isBits(spans[0]?.registerType) ? mostBits : mostRegisters;
  /** Least load of the first so many, and where their last request begins. */
  const best: { readonly load: number; readonly from: number; readonly read: JoinedRead | undefined }[] = [
    { load: 0, from: 0, read: undefined },
  ];
  for (let last = 0; last < spans.length; last += 1) {
    let [end, interval] = [0, Number.POSITIVE_INFINITY];
    let least: (typeof best)[number] | undefined;
    for (let first = last; first >= 0; first -= 1) {
      const span = spans[first] as Span;
      end = Math.max(end, span.end);
      interval = Math.min(interval, span.interval);
      const count = end - span.address;
      if (count > most && first < last) break;
      const { unit, registerType, address } = span;
      const share = (scale * readCost(hub, { registerType, address, count }).seconds) / interval;
      const load = (best[first] as (typeof best)[number]).load + share;
      if (least !== undefined && load >= least.load) continue;
      const entityIds = spans.slice(first, last + 1).map(({ entityId }) => entityId);
      least = { load, from: first, read: { unit, registerType, address, count, interval, entityIds, share } };
    }
    best.push(least as (typeof best)[number]);
  }
  const reads: JoinedRead[] = [];
  for (let at = spans.length; at > 0; at = (best[at] as (typeof best)[number]).from) {
    reads.push((best[at] as (typeof best)[number]).read as JoinedRead);
  }
  return reads.toReversed();
}

function isBits(type: RegisterType | undefined): boolean {
  return type === "coil" || type === "discrete_input";
}
