import type { Overview } from "#model/overview.ts";
import type { Language, LocalText } from "./language.ts";
import type { SensorValue } from "./sensor.ts";

/** Something people press or set in Home Assistant. */
export interface ControlDescription {
  /** Part of unique id and topic; never changes. */
  readonly key: ControlKey;
  readonly name: string;
  readonly icon: string;
  readonly category: "config" | "diagnostic";
  readonly platform: "button" | "number" | "switch";
  /** Of a number. */
  readonly range?: { readonly minimum: number; readonly maximum: number; readonly step: number; readonly unit: string };
}

export interface ControlReading {
  readonly description: ControlDescription;
  /** Undefined of a button. */
  readonly value?: SensorValue;
}

export type ControlKey = "verify" | "backup" | "compact" | "recompute" | "bus_budget" | "drive";

/** Of a switch, as MQTT carries them. */
const switchStates = { on: "ON", off: "OFF" } as const;

type Row = Omit<ControlDescription, "name"> & {
  readonly name: LocalText;
  readonly value?: (overview: Overview) => SensorValue;
};

/** THE table of controls. */
export const controlRows: readonly Row[] = [
  {
    key: "verify",
    name: { en: "Check the store", de: "Speicher prüfen" },
    platform: "button",
    icon: "mdi:shield-search",
    category: "diagnostic",
  },
  {
    key: "backup",
    name: { en: "Back up now", de: "Jetzt sichern" },
    platform: "button",
    icon: "mdi:backup-restore",
    category: "diagnostic",
  },
  {
    key: "compact",
    name: { en: "Compact the store", de: "Speicher verdichten" },
    platform: "button",
    icon: "mdi:archive-arrow-down",
    category: "diagnostic",
  },
  {
    key: "recompute",
    name: { en: "Recompute the advice", de: "Empfehlung neu berechnen" },
    platform: "button",
    icon: "mdi:calculator-variant",
    category: "diagnostic",
  },
  {
    key: "bus_budget",
    name: { en: "Bus budget", de: "Bus-Budget" },
    platform: "number",
    icon: "mdi:gauge",
    category: "config",
    range: { minimum: 5, maximum: 100, step: 1, unit: "%" },
    value: ({ budget }) => Math.round(budget * 100),
  },
  {
    key: "drive",
    name: { en: "Drive", de: "Selbst lesen" },
    platform: "switch",
    icon: "mdi:steering",
    category: "config",
    value: ({ drive }) => (drive.isOn ? switchStates.on : switchStates.off),
  },
];

/** All of them with what they stand at. */
export function controlsOf(overview: Overview, language: Language): ControlReading[] {
  return controlRows.map(({ value, name, ...rest }) => ({
    description: { ...rest, name: name[language] },
    ...(value === undefined ? {} : { value: value(overview) }),
  }));
}

/** What is asked for: a button, a number within its range, or a switch (1 on, 0 off); undefined for anything else. */
export function parseCommand(key: string, payload: string): { key: ControlKey; value?: number } | undefined {
  const row = controlRows.find((each) => each.key === key);
  if (row === undefined) return undefined;
  if (row.platform === "button") return { key: row.key };
  const value = row.platform === "switch" ? parseSwitch(payload.trim()) : parseNumber(payload.trim(), row.range);
  return value === undefined ? undefined : { key: row.key, value };
}

function parseSwitch(text: string): number | undefined {
  return text === switchStates.on ? 1 : text === switchStates.off ? 0 : undefined;
}

function parseNumber(text: string, range: Row["range"]): number | undefined {
  const value = text === "" ? Number.NaN : Number(text);
  return range !== undefined && value >= range.minimum && value <= range.maximum ? value : undefined;
}
