import type { SimulatedHomeState, SimulatedState } from "./home.ts";

export type Message = Readonly<Record<string, unknown>>;

/** A refusal as Home Assistant words it. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

export type Answer = { readonly result: unknown } | { readonly refusal: Refusal };

/** What commands need to know besides the states. */
export interface CommandContext {
  readonly home: SimulatedHomeState;
  readonly version: string;
  readonly running: boolean;
  /** A command that is not known. */
  readonly refuse?: string | undefined;
}

/** Answers to the commands that return once; subscriptions and services are the connection's own. */
export function answer(message: Message, { home, version, running, refuse }: CommandContext): Answer {
  if (message["type"] === refuse) return unknownCommand();
  const wanted = message["entity_ids"];
  switch (message["type"]) {
    case "get_config":
      return {
        result: {
          state: running ? "RUNNING" : "NOT_RUNNING",
          version,
          location_name: "Simulated home",
          time_zone: "UTC",
          components: ["modbus", "history", "recorder", "mqtt"],
        },
      };
    case "get_states":
      return { result: home.states().map(fullState) };
    case "get_services":
      return {
        result: {
          homeassistant: { update_entity: {} },
          mqtt: { publish: {} },
          persistent_notification: { create: {} },
        },
      };
    case "entity/source":
      return {
        result: Object.fromEntries(
          [...home.sources()]
            .filter(([, domain]) => running || domain !== "modbus")
            .map(([entityId, domain]) => [entityId, { domain }]),
        ),
      };
    case "config/entity_registry/list":
      return { result: registry(home) };
    case "config/device_registry/list":
      return { result: devices(home) };
    case "config/area_registry/list":
      return { result: [{ area_id: "cellar", name: "Cellar" }] };
    case "modbus/connections/list":
      return running ? { result: { connections: connections(home) } } : unknownCommand();
    case "history/history_during_period":
      return { result: history(message, Array.isArray(wanted) ? wanted.map(String) : [], home) };
    case "recorder/info":
      return {
        result: {
          backlog: 0,
          max_backlog: 65_000,
          migration_in_progress: false,
          recording: true,
          thread_running: true,
        },
      };
    default:
      return unknownCommand();
  }
}

function unknownCommand(): Answer {
  return { refusal: { code: "unknown_command", message: "Unknown command." } };
}

function registry(home: SimulatedHomeState): unknown[] {
  return home.registers
    .filter(({ uniqueId }) => uniqueId !== undefined)
    .map((register) => ({
      entity_id: home.idOf(register),
      unique_id: register.uniqueId,
      platform: home.integrationOf(register),
      config_entry_id: home.entryOf(register)?.id ?? null,
      device_id: home.entryOf(register)?.deviceId ?? null,
      disabled_by: null,
      hidden_by: null,
    }));
}

function devices(home: SimulatedHomeState): unknown[] {
  return home.lines
    .flatMap(({ entry }) => (entry === undefined ? [] : [entry]))
    .map(({ deviceId, deviceName }) => ({ id: deviceId, name: deviceName, name_by_user: null, area_id: "cellar" }));
}

function connections(home: SimulatedHomeState): unknown[] {
  return home.lines.map(({ name, entry }, index) => {
    const units = [...new Set(home.registers.filter(({ bus }) => bus === name).map(({ unit }) => unit))];
    return {
      endpoint: ["tcp", "127.0.0.1", 5_020 + index],
      connected: true,
      source: entry === undefined ? "yaml" : "config_entry",
      units: { [entry?.id ?? name]: units },
    };
  });
}

function history(message: Message, entityIds: readonly string[], home: SimulatedHomeState): Record<string, unknown> {
  const from = Date.parse(String(message["start_time"]));
  const to = message["end_time"] === undefined ? home.now + 1 : Date.parse(String(message["end_time"]));
  const found = entityIds.map(
    (entityId) =>
      [
        entityId,
        home.history(entityId, from, to).map(({ state, time }) => ({ s: state, lu: time / 1_000, a: {} })),
      ] as const,
  );
  return Object.fromEntries(found.filter(([, rows]) => rows.length > 0));
}

/** A whole state, as REST and `get_states` give it. */
export function fullState({
  entityId,
  state,
  attributes,
  lastChanged,
  lastReported,
}: SimulatedState): Record<string, unknown> {
  return {
    entity_id: entityId,
    state,
    attributes,
    last_changed: new Date(lastChanged).toISOString(),
    last_updated: new Date(lastChanged).toISOString(),
    last_reported: new Date(lastReported).toISOString(),
    context: { id: "01SIMULATED", parent_id: null, user_id: null },
  };
}

/** The text of a template that prints `entity=as_timestamp(last_reported)` for the entities in its variables. */
export function renderLastReported(message: Message, home: SimulatedHomeState): string | undefined {
  if (!String(message["template"]).includes("last_reported")) return undefined;
  const variables = Object.values((message["variables"] ?? {}) as Record<string, unknown>);
  const entityIds = variables.find((value) => Array.isArray(value)) as readonly unknown[] | undefined;
  return (entityIds ?? [])
    .map((entityId) => home.state(String(entityId)))
    .filter((state) => state !== undefined)
    .map(({ entityId, lastReported }) => `${entityId}=${(lastReported / 1_000).toFixed(6)};`)
    .join("");
}
