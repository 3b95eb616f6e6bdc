import type { ControlReading } from "./control-table.ts";

/** How a sensor stands in Home Assistant: its texts and classes by Home Assistant's own rules. */
export interface SensorDescription {
  /** Part of unique id and topic; never changes. */
  readonly key: string;
  readonly name: string;
  readonly unit?: string;
  readonly deviceClass?: "data_size" | "data_rate" | "duration" | "timestamp" | "enum" | "frequency";
  readonly stateClass?: "measurement" | "total_increasing";
  readonly category?: "diagnostic";
  readonly icon?: string;
  /** Left out of Home Assistant until somebody enables it: it changes too often for a logbook. @default false */
  readonly optional?: boolean;
  /** Decimals shown. */
  readonly precision?: number;
  /** All states of a sensor of class `enum`. */
  readonly options?: readonly string[];
}

/** A number, a text, or null for what is not known. */
export type SensorValue = number | string | null;

/** One sensor with its value. */
export interface SensorReading {
  readonly description: SensorDescription;
  readonly value: SensorValue;
}

/** A device in Home Assistant with its sensors. */
export interface SensorDevice {
  /** `site`, `bus_<id>`, `entities`. */
  readonly key: string;
  readonly name: string;
  readonly model: string;
  readonly sensors: readonly SensorReading[];
  readonly controls: readonly ControlReading[];
}
