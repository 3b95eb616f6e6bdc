import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Reading } from "../../src/model/reading.ts";
import { correlate } from "../../src/pipeline/correlation/correlate.ts";
import { dotProductsWasm } from "../../src/pipeline/correlation/dot-products-wasm.ts";
import { type DotProducts, PlainDotProducts, VectorDotProducts } from "../../src/pipeline/correlation/dot-products.ts";
import { standardize } from "../../src/pipeline/correlation/standardize.ts";
import { addToTrace, emptyTrace, type Trace } from "../../src/pipeline/grid/trace.ts";
import { PerEntityStage } from "../../src/pipeline/per-entity-stage.ts";
import { StatisticsStage } from "../../src/pipeline/statistics/statistics-stage.ts";
import { addToWindows, emptyWindows } from "../../src/pipeline/statistics/windows.ts";
import { seeded } from "../../test/support/random.ts";

const rounds = 3;
const step = 500;
const interval = 10_000;
const start = 1_700_000_000_000;

/** What the analysis takes: the stages beside a bare loop over the same readings, its memory, and the comparison of all pairs. */
export function runPipelineBench(parameters: readonly string[]): void {
  const { values } = parseArgs({
    args: [...parameters],
    options: { samples: { type: "string", default: "1000000" }, entities: { type: "string", default: "5000" } },
  });
  memory(Number(values.entities));
  allPairs();
  throughput(Number(values.samples));
}

interface Stages {
  readonly statistics: StatisticsStage;
  readonly traces: PerEntityStage<Trace>;
  readonly windows: { step(readings: readonly Reading[]): void };
}

function stages(): Stages {
  return {
    statistics: new StatisticsStage(),
    traces: new PerEntityStage(emptyTrace, addToTrace),
    windows: new PerEntityStage(emptyWindows, addToWindows),
  };
}

function throughput(samples: number): void {
  const readings = readingsOf(samples, 500);
  const best = { bare: Number.POSITIVE_INFINITY, statistics: Infinity, traces: Infinity, windows: Infinity };
  for (let round = 0; round < rounds; round += 1) {
    const { statistics, traces, windows } = stages();
    best.bare = Math.min(
      best.bare,
      timed(() => bareLoop(readings)),
    );
    best.statistics = Math.min(
      best.statistics,
      timed(() => inBatches(readings, (batch) => statistics.step(batch))),
    );
    best.traces = Math.min(
      best.traces,
      timed(() => inBatches(readings, (batch) => traces.step(batch))),
    );
    best.windows = Math.min(
      best.windows,
      timed(() => inBatches(readings, (batch) => windows.step(batch))),
    );
  }
  const all = best.statistics + best.traces + best.windows;
  print(`\n${samples.toLocaleString("en")} readings of 500 entities, best of ${rounds}\n`);
  print(`${"".padEnd(28)}${"k readings/s".padStart(14)}${"of bare".padStart(10)}`);
  for (const [name, seconds] of Object.entries({ ...best, "all stages": all })) {
    const rate = (samples / seconds / 1_000).toFixed(0);
    print(`${name.padEnd(28)}${rate.padStart(14)}${(best.bare / seconds).toFixed(3).padStart(10)}`);
  }
}

/** The least that anything that looks at every reading does. */
function bareLoop(readings: readonly Reading[]): number {
  const sums = new Map<string, number>();
  for (const { entityId, value } of readings) sums.set(entityId, (sums.get(entityId) ?? 0) + value);
  return sums.size;
}

function inBatches(readings: readonly Reading[], take: (batch: readonly Reading[]) => void): void {
  for (let at = 0; at < readings.length; at += step) take(readings.slice(at, at + step));
}

/** Correlations of all pairs of 500 entities in 2,016 rows. */
function allPairs(): void {
  const [entities, rows] = [500, 2_016];
  const random = seeded(1);
  const columns = Array.from({ length: entities }, () => Float64Array.from({ length: rows }, () => random()));
  const vector = VectorDotProducts.from(Buffer.from(dotProductsWasm, "base64"));
  const compare = (products: DotProducts): number => {
    let sum = 0;
    for (let row = 0; row < entities; row += 4) {
      const strip = products.strip(row, row);
      for (let offset = 0; offset < 4; offset += 1) {
        for (let column = row + offset; column < entities; column += 1) sum += strip.at(offset, column);
      }
    }
    return sum;
  };
  const milliseconds = (products: DotProducts): number => {
    products.allocate(entities, rows);
    for (const [index, column] of columns.entries()) standardize(column, products.row(index));
    return Math.min(...Array.from({ length: 7 }, () => timed(() => compare(products)))) * 1_000;
  };
  const plain = milliseconds(new PlainDotProducts());
  print(`\n${entities} entities x ${rows.toLocaleString("en")} rows, all pairs\n`);
  print(`${"plain TypeScript".padEnd(28)}${plain.toFixed(1).padStart(11)} ms`);
  if (vector === undefined) return print("This machine has no SIMD for WebAssembly.");
  const fast = milliseconds(vector);
  print(
    `${"WebAssembly, vectors".padEnd(28)}${fast.toFixed(1).padStart(11)} ms${(plain / fast).toFixed(1).padStart(8)} times as fast`,
  );
}

/** Heap and buffers of so many busy entities after a week: no constants among them. */
function memory(entities: number): void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  const before = used();
  const { statistics, traces, windows } = stages();
  const random = seeded(2);
  const week = (7 * 86_400_000) / 300_000;
  const values = new Float64Array(entities);
  for (let at = 0; at < week; at += 1) {
    const batch: Reading[] = [];
    for (let index = 0; index < entities; index += 1) {
      values[index] = (values[index] as number) + random() - 0.5;
      batch.push(reading(index, start + at * 300_000 + index, values[index] as number));
    }
    statistics.step(batch);
    traces.step(batch);
    windows.step(batch);
  }
  collect();
  const kept = used() - before;
  print(`${entities.toLocaleString("en")} entities after a week, all of them busy\n`);
  print(
    `${"kept".padEnd(28)}${(kept / 1e6).toFixed(0).padStart(11)} MB${(kept / entities / 1e3).toFixed(1).padStart(8)} kB an entity`,
  );
  const vector = VectorDotProducts.from(Buffer.from(dotProductsWasm, "base64")) ?? new PlainDotProducts();
  const known = new Map<string, Trace>();
  for (let index = 0; index < entities; index += 1) {
    const trace = traces.states.get(nameOf(index));
    if (trace !== undefined) known.set(nameOf(index), trace);
  }
  let longest = 0;
  const seconds = timed(() => {
    const work = correlate(known, vector);
    for (let begin = performance.now(), next = work.next(); next.done !== true; next = work.next()) {
      longest = Math.max(longest, performance.now() - begin);
      begin = performance.now();
    }
  });
  print(
    `${"all of them compared".padEnd(28)}${seconds.toFixed(1).padStart(11)} s, ${longest.toFixed(0)} ms at a time at the most`,
  );
}

function used(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function readingsOf(samples: number, entities: number): Reading[] {
  const random = seeded(1);
  const values = new Float64Array(entities);
  return Array.from({ length: samples }, (_, index) => {
    const entity = index % entities;
    values[entity] = (values[entity] as number) + random() - 0.5;
    return reading(entity, start + Math.floor(index / entities) * interval + entity, values[entity] as number);
  });
}

function reading(index: number, time: number, exact: number): Reading {
  const state = exact.toFixed(1);
  return { entityId: nameOf(index), time, state, kind: "number", value: Number(state) };
}

const names: string[] = [];
function nameOf(index: number): string {
  names[index] ??= `sensor.entity_${index}`;
  return names[index];
}

function timed(work: () => unknown): number {
  const begin = performance.now();
  work();
  return (performance.now() - begin) / 1_000;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
