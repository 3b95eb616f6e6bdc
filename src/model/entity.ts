/** `domain.object_id`, lower case. */
export type EntityId = string;

/** A Modbus entity of Home Assistant, as far as Home Assistant tells about it. */
export interface Entity {
  readonly entityId: EntityId;
  /** The integration that provides it: `modbus`, `solax_modbus`, … */
  readonly integration: string;
  /** The friendly name, else the entity id. */
  readonly name: string;
  /** Absent for YAML entities without one. */
  readonly uniqueId?: string;
  readonly configEntryId?: string;
  readonly deviceId?: string;
  /** Names of its device and of the area it is in. */
  readonly device?: string;
  readonly area?: string;
  /** Unit of measurement as Home Assistant prints it. */
  readonly unit?: string;
  readonly deviceClass?: string;
  readonly stateClass?: string;
}

const pattern = /^[a-z0-9_]+\.[a-z0-9_]+$/;

/** True for what Home Assistant accepts as an entity id, and not longer than its data base's column (255). */
export function isEntityId(text: unknown): text is EntityId {
  return typeof text === "string" && text.length <= 255 && pattern.test(text);
}

/** The part before the dot: `sensor`, `binary_sensor`, … */
export function entityDomain(entityId: EntityId): string {
  return entityId.slice(0, entityId.indexOf("."));
}
