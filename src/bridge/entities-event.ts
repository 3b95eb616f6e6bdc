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
export function parseEntitiesEvent(event: EntitiesEvent): ParsedEntitiesEvent {
  const samples: Sample[] = [];
  const attributes = new Map<EntityId, Readonly<Record<string, unknown>>>();
  let newest: number | undefined;
  const see = (state: CompressedState | undefined): void => {
    for (const seconds of [state?.lc, state?.lu]) {
      if (typeof seconds === "number" && seconds * 1_000 > (newest ?? 0)) newest = toMilliseconds(seconds);
    }
  };
  for (const [entityId, state] of entriesOf(event.a)) {
    see(state);
    if (typeof state.a === "object" && state.a !== null) attributes.set(entityId, state.a as Record<string, unknown>);
    const sample = sampleOf(entityId, state.s, state.lc);
    if (sample !== undefined) samples.push(sample);
  }
  for (const [entityId, change] of entriesOf(event.c)) {
    see(change["+"]);
    const sample = sampleOf(entityId, change["+"]?.s, change["+"]?.lc);
    if (sample !== undefined) samples.push(sample);
  }
  return { samples, attributes, newest };
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

function entriesOf<Value>(record: Readonly<Record<string, Value>> | undefined): [string, Value][] {
  return typeof record === "object" && record !== null ? Object.entries(record) : [];
}
