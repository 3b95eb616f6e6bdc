/** Numbers as people read them in a terminal. */
export function count(value: number): string {
  return value.toLocaleString("en");
}

/** `313 MB`, three significant digits. */
export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let amount = value;
  let unit = 0;
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1_000;
    unit += 1;
  }
  return `${unit === 0 ? amount : Number(amount.toPrecision(3))} ${units[unit]}`;
}

/** `2026-11-21 04:03:32` in UTC. */
export function instant(time: number | undefined): string {
  return time === undefined ? "–" : new Date(time).toISOString().slice(0, 19).replace("T", " ");
}

/** Whole, as the sentences about buses have it. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
