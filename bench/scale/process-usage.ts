import { readFileSync } from "node:fs";

/** What the kernel counts of a process. */
export interface ProcessUsage {
  /** Seconds of one core since its start. */
  readonly cpuSeconds: number;
  /** Handed to the disk since its start. */
  readonly bytesWritten: number;
  /** Resident now, and at the most so far. */
  readonly residentBytes: number;
  readonly peakBytes: number;
}

/** Of Linux: USER_HZ is 100 on every machine that Node runs on. */
const ticksPerSecond = 100;

export function usageOf(pid: number): ProcessUsage {
  const read = (file: string): string => readFileSync(`/proc/${pid}/${file}`, "utf8");
  // The name before it may hold spaces.
  const fields = read("stat")
    .slice(read("stat").lastIndexOf(")") + 2)
    .split(" ");
  const kilobytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(read("status"))?.[1] ?? 0);
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    bytesWritten: Number(/^write_bytes: (\d+)/m.exec(read("io"))?.[1] ?? 0),
    residentBytes: kilobytes("VmRSS") * 1_024,
    peakBytes: kilobytes("VmHWM") * 1_024,
  };
}
