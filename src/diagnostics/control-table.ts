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
  /** Of a number; absent of a button. */
  readonly range?: { readonly minimum: number; readonly maximum: number; readonly step: number; readonly unit: string };
}

export interface ControlReading {
  readonly description: ControlDescription;
  /** Undefined of a button. */
  readonly value?: SensorValue;
}

export type ControlKey = "verify" | "backup" | "compact" | "recompute" | "bus_budget";

type Row = Omit<ControlDescription, "name"> & {
  readonly name: LocalText;
  readonly value?: (overview: Overview) => SensorValue;
};

/** THE table of controls. */
const rows: readonly Row[] = [
  {
    key: "verify",
    name: { en: "Check the store", de: "Speicher prüfen" },
    icon: "mdi:shield-search",
    category: "diagnostic",
  },
  {
    key: "backup",
    name: { en: "Back up now", de: "Jetzt sichern" },
    icon: "mdi:backup-restore",
    category: "diagnostic",
  },
  {
    key: "compact",
    name: { en: "Compact the store", de: "Speicher verdichten" },
    icon: "mdi:archive-arrow-down",
    category: "diagnostic",
  },
  {
    key: "recompute",
    name: { en: "Recompute the advice", de: "Empfehlung neu berechnen" },
    icon: "mdi:calculator-variant",
    category: "diagnostic",
  },
  {
    key: "bus_budget",
    name: { en: "Bus budget", de: "Bus-Budget" },
    icon: "mdi:gauge",
    category: "config",
    range: { minimum: 5, maximum: 100, step: 1, unit: "%" },
    value: ({ budget }) => Math.round(budget * 100),
  },
];

/** All of them with what they stand at. */
export function controlsOf(overview: Overview, language: Language): ControlReading[] {
  return rows.map(({ value, name, ...rest }) => ({
    description: { ...rest, name: name[language] },
    ...(value === undefined ? {} : { value: value(overview) }),
  }));
}

/** What is asked for: a button, or a number within its range; undefined for anything else. */
export function parseCommand(key: string, payload: string): { key: ControlKey; value?: number } | undefined {
  const row = rows.find((each) => each.key === key);
  if (row === undefined) return undefined;
  if (row.range === undefined) return { key: row.key };
  const value = payload.trim() === "" ? Number.NaN : Number(payload);
  return value >= row.range.minimum && value <= row.range.maximum ? { key: row.key, value } : undefined;
}
