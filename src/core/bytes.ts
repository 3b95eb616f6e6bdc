import { CadenceError } from "./errors.ts";

const units = ["B", "kB", "MB", "GB", "TB"] as const;

/** Bytes as people read them, decimal units: `512 B`, `1.4 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let index = 0;
  while (Math.abs(value) >= 999.5 && index < units.length - 1) {
    value /= 1_000;
    index += 1;
  }
  const digits = index === 0 || Math.abs(value) >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[index]}`;
}

/** `"64MB"`, `"512 kB"`, `"1000"` as a number of bytes. Throws USAGE. */
export function parseBytes(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(B|kB|MB|GB|TB)?\s*$/i.exec(text);
  const index = units.findIndex((unit) => unit.toLowerCase() === (match?.[2] ?? "B").toLowerCase());
  if (match === null || index < 0) {
    throw new CadenceError("USAGE", `“${text}” is not a size.`, { remedy: "Write a number and a unit, such as 64MB." });
  }
  return Math.round(Number(match[1]) * 1_000 ** index);
}
