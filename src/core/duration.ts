import { CadenceError } from "./errors.ts";

const unitMilliseconds = { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof unitMilliseconds;

/** `"90"` (seconds), `"250ms"`, `"1.5min"`, `"1h30m"`, `"7d"` as milliseconds. Throws USAGE. */
export function parseDuration(text: string): number {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed) * 1_000;
  const parts = [...trimmed.matchAll(/(\d+(?:\.\d+)?)\s*(ms|min|s|m|h|d)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== trimmed.replaceAll(" ", "")) {
    throw new CadenceError("USAGE", `“${text}” is not a duration.`, {
      remedy: "Write a number and a unit, such as 30s, 10min, 12h or 7d.",
    });
  }
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * unitMilliseconds[unit as Unit], 0);
}

/** Milliseconds as people say them: `40 ms`, `2.4 s`, `1.5 min`, `1 h`, `12 d`; at most `digits` significant ones. */
export function formatDuration(milliseconds: number, digits = 3): string {
  const absolute = Math.abs(milliseconds);
  for (const [unit, size] of [
    ["d", unitMilliseconds.d],
    ["h", unitMilliseconds.h],
    ["min", unitMilliseconds.min],
    ["s", unitMilliseconds.s],
  ] as const) {
    if (absolute >= size * 0.9995) return `${significant(milliseconds / size, digits)} ${unit}`;
  }
  return `${significant(milliseconds, digits)} ms`;
}

function significant(value: number, digits: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toString() : Number(value.toPrecision(digits)).toString();
}
