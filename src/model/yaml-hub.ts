import type { Bus } from "./bus.ts";

/** Where something stands in the configuration. */
export interface Place {
  /** From the folder of the configuration. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export type ConfigurationFault =
  | "yaml-syntax"
  | "duplicate-key"
  | "include-missing"
  | "include-cycle"
  | "too-many-files"
  | "too-deep"
  | "secret-missing"
  | "alias-missing"
  | "no-modbus"
  | "old-platform"
  | "hub-not-a-map"
  | "hub-without-type"
  | "hub-without-endpoint"
  | "hub-duplicate"
  | "hub-unknown-key"
  | "entities-without-hub"
  | "entity-not-a-map"
  | "entity-without-name"
  | "entity-without-address"
  | "entity-duplicate"
  | "removed-key"
  | "unit-twice"
  | "number-invalid"
  | "type-unknown"
  | "too-many-registers"
  | "interval-invalid"
  | "interval-short"
  | "interval-zero";

/** Something in the configuration that does not do what it looks like; everything else is read all the same. */
export interface ConfigurationProblem extends Place {
  readonly code: ConfigurationFault;
  /** For whoever wrote the file: what is wrong, and what to do. */
  readonly text: string;
}

export type RegisterType = "holding" | "input" | "coil" | "discrete_input";

/** One request on the bus. */
export interface YamlRead {
  readonly registerType: RegisterType;
  readonly address: number;
  /** Registers of 16 bits, or bits of coils and discrete inputs. */
  readonly count: number;
}

/** An entity of Home Assistant's own Modbus integration as it stands in YAML. */
export interface YamlEntity extends Place {
  /** `sensor`, `binary_sensor`, `switch`, … */
  readonly domain: string;
  readonly name: string;
  /** As Home Assistant makes it of the name; a person may have changed it. */
  readonly entityId: string;
  readonly uniqueId?: string;
  readonly unit: number;
  readonly dataType: string;
  /** What one poll of it asks the bus for; empty for a switch that is never read. */
  readonly reads: readonly YamlRead[];
  /** Entities that its read gives beside it (`virtual_count`). */
  readonly more: number;
  /** Seconds between the end of one read and the next; 0: only on demand. */
  readonly interval: number;
  /** False: the default is used. */
  readonly intervalIsSet: boolean;
}

export interface YamlHub extends Place {
  readonly name: string;
  readonly type: Bus["type"];
  /** `192.168.1.20:502`, `/dev/ttyUSB0`; empty when it is not known. */
  readonly endpoint: string;
  /** Of a serial line. */
  readonly baud?: number;
  /** Start, data, parity and stop bits of one byte. */
  readonly bitsPerByte?: number;
  readonly framing?: "rtu" | "ascii";
  /** Seconds until a read that nobody answers is given up. */
  readonly timeout: number;
  /** Seconds of silence after each request. */
  readonly messageWait: number;
  readonly entities: readonly YamlEntity[];
}

/** What was found in the configuration. */
export interface YamlConfiguration {
  readonly hubs: readonly YamlHub[];
  /** By file and line. */
  readonly problems: readonly ConfigurationProblem[];
}
