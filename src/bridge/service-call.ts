import type { EntityId } from "#model/entity.ts";

/** Somebody asked Home Assistant to do something. */
export interface ServiceCall {
  readonly domain: string;
  readonly service: string;
  /** Entities it is about, as far as it names them. */
  readonly entityIds: readonly EntityId[];
  /** Name of the Modbus hub, in calls of that integration's own. */
  readonly hub?: string;
}

/** From an event `call_service`; undefined when it is not as it should be. */
export function parseServiceCall(event: unknown): ServiceCall | undefined {
  const { data } = (event ?? {}) as { data?: unknown };
  const { domain, service, service_data: given } = (data ?? {}) as Record<string, unknown>;
  if (typeof domain !== "string" || typeof service !== "string") return undefined;
  const { entity_id: named, hub } = (typeof given === "object" && given !== null ? given : {}) as Record<
    string,
    unknown
  >;
  const entityIds = (Array.isArray(named) ? named : [named]).filter((each) => typeof each === "string");
  return { domain, service, entityIds, ...(typeof hub === "string" ? { hub } : {}) };
}
