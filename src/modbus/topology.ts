import type { Bus } from "#model/bus.ts";
import type { Entity } from "#model/entity.ts";
import type { ModbusConnection } from "#model/modbus-connection.ts";
import type { YamlHub } from "#model/yaml-hub.ts";
import { configuredEntities } from "./configured-entities.ts";
import { meanReadCost } from "./cost-model.ts";

/** The integration whose hubs stand in YAML. */
const yamlIntegration = "modbus";

/**
 * The buses and which entities hang on them, from the configuration where it can be read, else from what Home Assistant tells of its connections. Where neither tells which of
 * several YAML hubs an entity belongs to, two are told apart by their reads (`splitLines`) once that is clear; else they share one bus that says so; where it tells nothing, each integration is taken for one.
 */
export function busesOf(
  entities: readonly Entity[],
  connections: readonly ModbusConnection[] | undefined,
  configured: readonly YamlHub[] = [],
  splitLines: (entityIds: readonly string[]) => readonly (readonly string[])[] | undefined = () => undefined,
): Bus[] {
  const left = new Map(entities.map((entity) => [entity.entityId, entity]));
  const take = (wanted: (entity: Entity) => boolean): string[] => {
    const taken = [...left.values()].filter(wanted).map(({ entityId }) => entityId);
    for (const entityId of taken) left.delete(entityId);
    return taken;
  };
  const buses: Bus[] = [];
  const configuredAs = configuredEntities(configured);
  const isConfigured = new Set(configured.map(busIdOf));
  const hubs = (connections ?? []).filter(
    ({ source, type, endpoint }) => source === "yaml" && !isConfigured.has(slug(`${type}_${endpoint}`)),
  );
  const isOnly = configured.length === 1 && hubs.length === 0;
  for (const hub of configured) {
    const isOfHub = (entity: Entity): boolean => isOnly || configuredAs(entity)?.hub === hub;
    buses.push(
      configuredBus(
        hub,
        take((entity) => entity.integration === yamlIntegration && isOfHub(entity)),
      ),
    );
  }
  for (const connection of connections ?? []) {
    if (connection.source === "yaml") continue;
    const entries = new Set(Object.keys(connection.units));
    const entityIds = take(({ configEntryId }) => configEntryId !== undefined && entries.has(configEntryId));
    const [first] = entityIds;
    const integration = entities.find(({ entityId }) => entityId === first)?.integration;
    if (integration !== undefined) buses.push(toBus(connection, `${integration} at ${connection.endpoint}`, entityIds));
  }
  if (hubs.length > 0) {
    const entityIds = take(({ integration }) => integration === yamlIntegration);
    const [only] = hubs;
    if (hubs.length === 1 && only !== undefined)
      buses.push(toBus(only, Object.keys(only.units)[0] ?? only.endpoint, entityIds));
    else {
      const lines = hubs.length === 2 ? splitLines(entityIds) : undefined;
      if (lines === undefined)
        buses.push(assumed(yamlIntegration, `modbus (${hubs.length} hubs)`, entityIds, hubs.flatMap(unitsOf)));
      for (const [index, members] of (lines ?? []).entries()) {
        const [name, place] = [`modbus (line ${index + 1} of 2)`, `${yamlIntegration}_line_${index + 1}`];
        buses.push({ ...assumed(place, name, members, []), origin: "observed" });
      }
    }
  }
  for (const integration of new Set([...left.values()].map((entity) => entity.integration))) {
    const entries = new Set(
      [...left.values()]
        .filter((entity) => entity.integration === integration)
        .map(({ configEntryId }) => configEntryId),
    );
    for (const entry of entries) {
      // Each entry of an integration has a connection of its own.
      const isOne = entries.size === 1;
      const entityIds = take(
        (entity) => entity.integration === integration && (isOne || entity.configEntryId === entry),
      );
      const device = entities.find(({ entityId }) => entityId === entityIds[0])?.device;
      const name = isOne ? integration : `${integration} (${device ?? entry ?? "without an entry"})`;
      buses.push(assumed(isOne ? integration : `${integration}_${entry ?? "others"}`, name, entityIds, []));
    }
  }
  return buses.filter(({ entityIds }) => entityIds.length > 0);
}

function configuredBus(hub: YamlHub, entityIds: readonly string[]): Bus {
  const { type, endpoint, name, entities } = hub;
  return {
    id: busIdOf(hub),
    name,
    type,
    endpoint,
    units: [...new Set(entities.map(({ unit }) => unit))].toSorted((a, b) => a - b),
    entityIds,
    readSeconds: meanReadCost(hub).seconds,
    origin: "yaml",
  };
}

/** Id of a configured hub's bus: the same as of its connection, where its place is known. */
export function busIdOf({ type, endpoint, name }: YamlHub): string {
  return slug(endpoint === "" ? `hub_${name}` : `${type}_${endpoint}`);
}

function toBus(connection: ModbusConnection, name: string, entityIds: readonly string[]): Bus {
  const { type, endpoint } = connection;
  return {
    id: slug(`${type}_${endpoint}`),
    name,
    type,
    endpoint,
    units: unitsOf(connection),
    entityIds,
    origin: "connections",
  };
}

function assumed(id: string, name: string, entityIds: readonly string[], units: readonly number[]): Bus {
  return {
    id: slug(id),
    name,
    type: "unknown",
    endpoint: "",
    units: [...new Set(units)].toSorted((a, b) => a - b),
    entityIds,
    origin: "assumed",
  };
}

function unitsOf({ units }: ModbusConnection): number[] {
  return [...new Set(Object.values(units).flat())].toSorted((a, b) => a - b);
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_|_$/g, "");
}
