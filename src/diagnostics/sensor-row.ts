import type { LocalText } from "./language.ts";
import type { SensorDescription, SensorValue } from "./sensor.ts";

/** A row of the table of sensors: how it stands in Home Assistant, and where its value comes from. */
export type Row<Subject> = Omit<SensorDescription, "name"> & {
  readonly name: LocalText;
  readonly value: (subject: Subject) => SensorValue;
};

export function known(value: number | undefined): SensorValue {
  return value === undefined || !Number.isFinite(value) ? null : value;
}

export function rounded(value: number | undefined, decimals: number): SensorValue {
  return value === undefined || !Number.isFinite(value) ? null : Number(value.toFixed(decimals));
}

/** While nothing is counted the figure would be a zero that means nothing. */
export function learned(counted: number, value: number, decimals: number): SensorValue {
  return counted === 0 ? null : rounded(value, decimals);
}

export function instant(time: number | undefined): SensorValue {
  return time === undefined ? null : new Date(time).toISOString();
}
