/** Numbers as people read them in a terminal. */
export function count(value: number): string {
  return value.toLocaleString("en");
}

/** `2026-11-21 04:03:32` in UTC. */
export function instant(time: number | undefined): string {
  return time === undefined ? "–" : new Date(time).toISOString().slice(0, 19).replace("T", " ");
}

/** Whole, as the sentences about buses have it. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
