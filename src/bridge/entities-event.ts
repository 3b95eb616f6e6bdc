import type { EntityId } from "#model/entity.ts";
import { longestState, type Sample, toMilliseconds } from "#model/sample.ts";

/** A state as `subscribe_entities` compresses it: `lu` is left out when equal to `lc`. Times in seconds. */
interface CompressedState {
  readonly s?: unknown;
  readonly a?: unknown;
  readonly lc?: unknown;
  readonly lu?: unknown;
}

/** One event of `subscribe_entities`. */
export interface EntitiesEvent {
  /** Entities with their whole state. */
  readonly a?: Readonly<Record<EntityId, CompressedState>>;
  /** What changed of entities: `+` new values, `-` attributes that went. */
  readonly c?: Readonly<Record<EntityId, { readonly "+"?: CompressedState }>>;
  readonly r?: readonly EntityId[];
}

/** What an event says that we did not know: new states, and attributes of whole states. */
export interface ParsedEntitiesEvent {
  readonly samples: readonly Sample[];
  readonly attributes: ReadonlyMap<EntityId, Readonly<Record<string, unknown>>>;
  /** The newest time in the event, ms since 1970; attribute changes count too. */
  readonly newest: number | undefined;
}

/**
 * A state with a new `lc` is a sample, also when its text is the same (after a restart); a change of attributes alone is none.
 * Parts that are not as they should be are left out.
 */
export function parseEntitiesEvent({ a: added, c: changed }: EntitiesEvent): ParsedEntitiesEvent {
  const samples: Sample[] = [];
  let attributes: Map<EntityId, Readonly<Record<string, unknown>>> | undefined;
  let newest = 0;
  for (const entityId in added) {
    const state = added[entityId];
    newest = Math.max(newest, newestOf(state));
    if (typeof state?.a === "object" && state.a !== null) {
      attributes ??= new Map();
      attributes.set(entityId, state.a as Record<string, unknown>);
    }
    const sample = sampleOf(entityId, state?.s, state?.lc);
    if (sample !== undefined) samples.push(sample);
  }
  for (const entityId in changed) {
    const state = changed[entityId]?.["+"];
    newest = Math.max(newest, newestOf(state));
    const sample = sampleOf(entityId, state?.s, state?.lc);
    if (sample !== undefined) samples.push(sample);
  }
  return { samples, attributes: attributes ?? noAttributes, newest: newest > 0 ? newest : undefined };
}

const noAttributes: ReadonlyMap<EntityId, never> = new Map<EntityId, never>();

/** ms since 1970; 0 when there is no time. */
function newestOf(state: CompressedState | undefined): number {
  const [changed, updated] = [state?.lc, state?.lu];
  const newest = Math.max(typeof changed === "number" ? changed : 0, typeof updated === "number" ? updated : 0);
  return newest > 0 ? toMilliseconds(newest) : 0;
}

/** A sample from a state text and the second it came into being; undefined when either is not as it should be. */
export function sampleOf(entityId: EntityId, state: unknown, seconds: unknown): Sample | undefined {
  if (
    typeof state !== "string" ||
    state.length > longestState ||
    typeof seconds !== "number" ||
    !Number.isFinite(seconds)
  )
    return undefined;
  return { entityId, time: toMilliseconds(seconds), state };
}
