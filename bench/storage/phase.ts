/**
 * One phase of one contestant in a process of its own, so that memory and caches are its own: `node phase.ts JSON`. The result is one line of JSON on standard
 * output.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { BenchEntity } from "./contestant.ts";
import { contestants } from "./contestants/index.ts";
import { batchesOf, type Workload } from "./workload.ts";

export interface PhaseRequest {
  readonly contestant: string;
  readonly phase: "ingest" | "query";
  readonly workload: Workload;
  readonly directory: string;
  readonly fsync: boolean;
  readonly samples: number;
}

export interface IngestResult {
  readonly samplesPerSecond: number;
  readonly bytesPerSample: number;
  /** Sent towards the device by the process, by the kernel's own count; of servers that is not theirs. */
  readonly writtenPerSample: number;
  readonly batch: { readonly p50: number; readonly p999: number; readonly max: number };
  readonly peakMegabytes: number;
}

export interface QueryResult {
  readonly openMilliseconds: number;
  readonly dayMilliseconds: number;
  readonly scannedPerSecond: number;
  readonly lastMilliseconds: number;
  readonly rows: number;
}

const samplesPerBatch = 1_000;
const day = 86_400_000;

const request = JSON.parse(process.argv[2] ?? "{}") as PhaseRequest;
const { entities } = request.workload;
const make = contestants[request.contestant];
if (make === undefined) throw new Error(`There is no contestant ${request.contestant}.`);
const contestant = await make({ directory: request.directory, fsync: request.fsync, entities });
process.stdout.write(`${JSON.stringify(await (request.phase === "ingest" ? ingest() : query()))}\n`);
process.exit(0);

async function ingest(): Promise<IngestResult> {
  const written = writtenBytes();
  const latencies: number[] = [];
  let samples = 0;
  await contestant.open();
  for (const batch of batchesOf(request.workload.stream, samplesPerBatch, request.samples)) {
    const at = performance.now();
    await contestant.append(batch);
    latencies.push(performance.now() - at);
    samples += batch.length;
  }
  // Reading and printing the stream is not the storage's work.
  const seconds = latencies.reduce((sum, milliseconds) => sum + milliseconds, 0) / 1_000;
  await contestant.finish();
  return {
    samplesPerSecond: samples / seconds,
    bytesPerSample: sizeOf(request.directory) / samples,
    writtenPerSample: (writtenBytes() - written) / samples,
    batch: { p50: quantile(latencies, 0.5), p999: quantile(latencies, 0.999), max: quantile(latencies, 1) },
    peakMegabytes: process.resourceUsage().maxRSS / 1_024,
  };
}

async function query(): Promise<QueryResult> {
  const open = await timed(() => contestant.openForReading());
  const lively = entities.filter(({ kind, count }) => !["binary", "enum", "constant"].includes(kind) && count > 1_000);
  const days: number[] = [];
  let rows = 0;
  let state = 42;
  const random = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const { from, to } = request.workload;
  for (let round = 0; round < 100; round += 1) {
    const entity = lively[Math.floor(random() * lively.length)] as BenchEntity;
    const begin = from + Math.floor(random() * Math.max(1, (to - from) / day - 1)) * day;
    days.push(await timed(async () => void (rows += await contestant.range(entity, begin, begin + day))));
  }
  const largest = entities.toSorted((a, b) => b.count - a.count)[0] as BenchEntity;
  const scans: number[] = [];
  let scanned = 0;
  for (let round = 0; round < 3; round += 1)
    scans.push(await timed(async () => void (scanned = (await contestant.scan(largest)).count)));
  const lasts: number[] = [];
  for (let round = 0; round < 5; round += 1) lasts.push(await timed(() => contestant.last(entities)));
  await contestant.close();
  return {
    openMilliseconds: open,
    dayMilliseconds: quantile(days, 0.5),
    scannedPerSecond: (scanned / Math.min(...scans)) * 1_000,
    lastMilliseconds: quantile(lasts, 0.5),
    rows,
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

function writtenBytes(): number {
  return Number(/^write_bytes: (\d+)/m.exec(readFileSync("/proc/self/io", "utf8"))?.[1] ?? 0);
}

function sizeOf(path: string): number {
  const stats = statSync(path);
  return stats.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0) : stats.size;
}
