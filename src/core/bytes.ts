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
