import { CadenceError, isCadenceError } from "#core/errors.ts";
import { matchesAny } from "#core/glob.ts";
import { type Entity, type EntityId, isEntityId } from "#model/entity.ts";
import type { ModbusConnection } from "#model/modbus-connection.ts";
import { isUnknownCommand, type Session } from "./session.ts";

export interface DiscoveryOptions {
  /** Integrations whose entities are read over Modbus. */
  readonly integrations: readonly string[];
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** What Home Assistant tells of its Modbus entities without their states. */
export interface Discovered {
  readonly entities: readonly Omit<Entity, "name">[];
  /** Undefined where Home Assistant is too old to tell. */
  readonly connections: readonly ModbusConnection[] | undefined;
  /** What Home Assistant could not tell, each in a sentence. */
  readonly missing: readonly string[];
  /** All entities that were looked at. */
  readonly looked: number;
}

interface RegistryEntry {
  readonly entity_id?: unknown;
  readonly unique_id?: unknown;
  readonly config_entry_id?: unknown;
  readonly device_id?: unknown;
  readonly area_id?: unknown;
}

/** What the registries say of the entities, and the names of devices and areas. */
interface Registries {
  readonly entities: ReadonlyMap<EntityId, RegistryEntry>;
  readonly devices: ReadonlyMap<unknown, { readonly name?: string; readonly areaId: unknown }>;
  readonly areas: ReadonlyMap<unknown, string>;
}

/**
 * Finds the entities by `entity/source`, the only command that names YAML entities without a unique id; the registry adds what
 * it knows of the others. Throws as `Session.command`.
 */
export async function discover(session: Session, options: DiscoveryOptions): Promise<Discovered> {
  const sources = await session.command<unknown>({ type: "entity/source" });
  if (!isRecord(sources)) {
    throw new CadenceError("HASS_COMMAND_FAILED", "Home Assistant does not say where its entities come from.", {
      remedy: "It must be 2023.10 or later.",
      details: { command: "entity/source" },
    });
  }
  const registries = await registriesOf(session);
  const integrations = new Set(options.integrations);
  const included = options.include.length === 0 ? () => true : matchesAny(options.include);
  const excluded = matchesAny(options.exclude);
  const entities = Object.entries(sources).flatMap(([entityId, source]) => {
    const integration = isRecord(source) ? source["domain"] : undefined;
    if (typeof integration !== "string" || !integrations.has(integration)) return [];
    if (!isEntityId(entityId) || !included(entityId) || excluded(entityId)) return [];
    return [{ entityId, integration, ...registryFacts(registries, entityId) }];
  });
  const connections = await connectionsOf(session);
  const missing = [
    ...(registries.entities.size === 0
      ? [
          "The registry of entities is empty, or not for this user: names of devices and areas, and renames, are not known.",
        ]
      : []),
    ...(connections === undefined
      ? [
          `Home Assistant ${session.version} does not tell its Modbus connections: each integration is taken for one bus.`,
        ]
      : []),
  ];
  return { entities, connections, missing, looked: Object.keys(sources).length };
}

async function registriesOf(session: Session): Promise<Registries> {
  const entities = await listOf(session, "config/entity_registry/list");
  const devices = await listOf(session, "config/device_registry/list");
  const areas = await listOf(session, "config/area_registry/list");
  return {
    entities: new Map(entities.map((entry: RegistryEntry) => [String(entry.entity_id), entry])),
    devices: new Map(
      devices.map((device) => {
        const name = device["name_by_user"] ?? device["name"];
        return [device["id"], { areaId: device["area_id"], ...(typeof name === "string" ? { name } : {}) }];
      }),
    ),
    areas: new Map(areas.map((area) => [area["area_id"], String(area["name"])])),
  };
}

/** Empty where this user may not ask: only administrators may list the registries; names and buses are then poorer, nothing else. */
async function listOf(session: Session, type: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  try {
    return recordsOf(await session.command<unknown>({ type }));
  } catch (error) {
    if (isCadenceError(error, "HASS_COMMAND_FAILED")) return [];
    throw error;
  }
}

function registryFacts(
  { entities, devices, areas }: Registries,
  entityId: EntityId,
): Partial<Pick<Entity, "uniqueId" | "configEntryId" | "deviceId" | "device" | "area">> {
  const entry = entities.get(entityId);
  const device = devices.get(entry?.device_id);
  // An entity may stand elsewhere than its device.
  const area = areas.get(entry?.area_id ?? device?.areaId);
  return {
    ...(typeof entry?.unique_id === "string" ? { uniqueId: entry.unique_id } : {}),
    ...(typeof entry?.config_entry_id === "string" ? { configEntryId: entry.config_entry_id } : {}),
    ...(typeof entry?.device_id === "string" ? { deviceId: entry.device_id } : {}),
    ...(device?.name === undefined ? {} : { device: device.name }),
    ...(area === undefined ? {} : { area }),
  };
}

interface RawConnection {
  readonly endpoint?: unknown;
  readonly source?: unknown;
  readonly units?: unknown;
}

async function connectionsOf(session: Session): Promise<readonly ModbusConnection[] | undefined> {
  try {
    const answer = await session.command<unknown>({ type: "modbus/connections/list" });
    return isRecord(answer) ? recordsOf(answer["connections"]).flatMap(parseConnection) : undefined;
  } catch (error) {
    if (isUnknownCommand(error) || isCadenceError(error, "HASS_COMMAND_FAILED")) return undefined;
    throw error;
  }
}

const types: ReadonlySet<string> = new Set(["tcp", "udp", "rtuovertcp", "serial"]);

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function recordsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function parseConnection({ endpoint, source, units }: RawConnection): ModbusConnection[] {
  if (!Array.isArray(endpoint) || typeof units !== "object" || units === null) return [];
  const [type, ...address] = endpoint as readonly unknown[];
  const parsed = Object.entries(units as Record<string, unknown>).map(([name, list]) => [
    name,
    Array.isArray(list) ? list.filter((unit) => Number.isInteger(unit)) : [],
  ]);
  return [
    {
      type: typeof type === "string" && types.has(type) ? (type as ModbusConnection["type"]) : "unknown",
      endpoint: address.join(":"),
      source: source === "yaml" ? "yaml" : "config_entry",
      units: Object.fromEntries(parsed) as Record<string, readonly number[]>,
    },
  ];
}

/** The entity with what its state's attributes say. */
export function withAttributes(
  found: Omit<Entity, "name">,
  attributes: Readonly<Record<string, unknown>> | undefined,
): Entity {
  const text = (name: string): string | undefined =>
    typeof attributes?.[name] === "string" ? attributes[name] : undefined;
  const [name, unit, deviceClass, stateClass] = [
    text("friendly_name"),
    text("unit_of_measurement"),
    text("device_class"),
    text("state_class"),
  ];
  return {
    ...found,
    name: name ?? found.entityId,
    ...(unit === undefined ? {} : { unit }),
    ...(deviceClass === undefined ? {} : { deviceClass }),
    ...(stateClass === undefined ? {} : { stateClass }),
  };
}
