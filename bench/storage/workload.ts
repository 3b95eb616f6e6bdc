/**
 * Change-only states of Modbus entities as Home Assistant tells them, always the same for one size: photovoltaic and load powers, voltages, frequencies, temperatures, charge,
 * energy counters, switches, modes and constants, read by timers that drift and jitter, with hubs that are away now and then. S: 50 entities, 7 days, 0.95 million
 * samples; M: 200 entities, 30 days, 16.25 million; L: 500 entities, 90 days, 122 million.
 */
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  closeSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import type { BenchEntity } from "./contestant.ts";

export const sizes = { S: [50, 7], M: [200, 30], L: [500, 90] } as const;
export type Size = keyof typeof sizes;

const begin = Date.UTC(2026, 2, 1);
const day = 86_400_000;
const recordBytes = 16;
/** Texts stand in place of numbers as their index, the sign bit set. */
const texts = ["unavailable", "unknown", "on", "off", "Normal", "Standby", "Fault"] as const;
const entitiesPerHub = 25;

/** Of fifty entities so many are of a kind; milliseconds between reads. */
const kinds = [
  ["pv_power", 6, 5_000],
  ["voltage", 6, 15_000],
  ["load_power", 4, 10_000],
  ["frequency", 2, 15_000],
  ["temperature", 9, 30_000],
  ["soc", 3, 30_000],
  ["energy", 8, 30_000],
  ["binary", 5, 30_000],
  ["enum", 3, 30_000],
  ["constant", 4, 30_000],
] as const;

export interface Workload {
  readonly size: string;
  readonly from: number;
  readonly to: number;
  readonly samples: number;
  readonly entities: readonly BenchEntity[];
  readonly stream: string;
}

/** Samples in order of time; the arrays are used again for the next batch. */
export interface Batch {
  length: number;
  readonly entities: Uint16Array;
  readonly times: Float64Array;
  /** NaN for a text. */
  readonly numbers: Float64Array;
  /** The printed state. */
  readonly states: string[];
}

/** Makes the workload in `folder` when it is not there. */
export async function prepareWorkload(folder: string, size: Size): Promise<Workload> {
  const description = join(folder, `${size}.json`);
  const stream = join(folder, `${size}.bin`);
  if (!existsSync(description)) {
    mkdirSync(folder, { recursive: true });
    const entities = await generate(size, `${stream}.new`);
    renameSync(`${stream}.new`, stream);
    const samples = entities.reduce((sum, { count }) => sum + count, 0);
    writeFileSync(
      description,
      JSON.stringify({ size, from: begin, to: begin + sizes[size][1] * day, samples, entities, stream }),
    );
  }
  return JSON.parse(readFileSync(description, "utf8")) as Workload;
}

export function* batchesOf(stream: string, length: number, limit = Number.POSITIVE_INFINITY): Generator<Batch> {
  const file = openSync(stream, "r");
  const bytes = Buffer.alloc(recordBytes * length);
  const batch: Batch = {
    length: 0,
    entities: new Uint16Array(length),
    times: new Float64Array(length),
    numbers: new Float64Array(length),
    states: Array.from({ length }, () => ""),
  };
  try {
    for (let done = 0; done < limit; done += batch.length) {
      batch.length = Math.floor(readSync(file, bytes, 0, bytes.length, null) / recordBytes);
      if (batch.length === 0) return;
      for (let index = 0; index < batch.length; index += 1) {
        const offset = index * recordBytes;
        batch.entities[index] = bytes.readUInt16LE(offset);
        batch.times[index] = bytes.readUIntLE(offset + 2, 6);
        const number = bytes.readDoubleLE(offset + 8);
        const isText = Object.is(number, -0) || number < -1e300;
        batch.numbers[index] = isText ? Number.NaN : number;
        batch.states[index] = isText ? textOf(number) : String(number);
      }
      yield batch;
    }
  } finally {
    closeSync(file);
  }
}

function textOf(number: number): string {
  return texts[Math.round(-number / 1e301)] ?? "unavailable";
}

interface Generated extends BenchEntity {
  readonly period: number;
  readonly random: () => number;
  readonly decimals: number;
  readonly level: number;
  state: number;
  slow: number;
  due: number;
  lastTime: number;
  last: number | string | undefined;
}

async function generate(size: Size, path: string): Promise<BenchEntity[]> {
  const [count, days] = sizes[size];
  const end = begin + days * day;
  const slots = kinds.flatMap(([kind, share, period]) => Array.from({ length: share }, () => ({ kind, period })));
  const entities = Array.from({ length: count }, (_, id): Generated => {
    const { kind, period } = slots[(id * 7) % slots.length] as (typeof slots)[number];
    const random = generator(id + 1);
    return {
      id,
      entityId: `${kind === "binary" ? "binary_sensor" : "sensor"}.modbus_${Math.floor(id / entitiesPerHub)}_${kind}_${id}`,
      kind,
      count: 0,
      period,
      random,
      decimals:
        kind === "energy"
          ? 1 + (id % 2)
          : kind === "voltage" || kind === "temperature"
            ? 1
            : kind === "frequency"
              ? 2
              : 0,
      level: random(),
      state: 0,
      slow: 0,
      due: begin + random() * period,
      lastTime: 0,
      last: undefined,
    };
  });
  const outages = Array.from({ length: Math.ceil(count / entitiesPerHub) }, (_, hub) =>
    outagesOf(generator(10_000 + hub), end),
  );
  const stream = createWriteStream(path);
  const heap = new DueHeap(entities);
  let bytes = Buffer.alloc(recordBytes * 65_536);
  let used = 0;
  const flush = async (): Promise<void> => {
    if (!stream.write(bytes.subarray(0, used))) await once(stream, "drain");
    bytes = Buffer.alloc(bytes.length);
    used = 0;
  };
  for (let entity = heap.first; entity.due < end; entity = heap.first) {
    const late = 2 + exponential(entity.random, 4) + (entity.random() < 0.01 ? 50 + entity.random() * 550 : 0);
    const time = Math.max(entity.lastTime + 1, Math.floor(entity.due + late));
    const away = (outages[Math.floor(entity.id / entitiesPerHub)] ?? []).some(
      ([from, to]) => time >= from && time < to,
    );
    const value = away ? "unavailable" : nextValue(entity, time);
    if (value !== entity.last && time < end) {
      bytes.writeUInt16LE(entity.id, used);
      bytes.writeUIntLE(time, used + 2, 6);
      bytes.writeDoubleLE(
        typeof value === "number" ? value : -1e301 * texts.indexOf(value as (typeof texts)[number]) || -0,
        used + 8,
      );
      used += recordBytes;
      entity.count += 1;
      entity.last = value;
      entity.lastTime = time;
      if (used === bytes.length) await flush();
    }
    heap.putBack(entity.due + entity.period + 0.1 + exponential(entity.random, 0.6));
  }
  await flush();
  stream.end();
  await once(stream, "close");
  return entities.map(({ id, entityId, kind, count: samples }) => ({ id, entityId, kind, count: samples }));
}

/** The next reading of a register, printed as the register does. */
function nextValue(entity: Generated, time: number): number | string {
  const { kind, random, level, decimals } = entity;
  const noise = (): number => (random() + random() + random() + random() - 2) * Math.sqrt(3);
  const hour = (time % day) / 3_600_000;
  const sun = hour < 6.4 || hour > 18.9 ? 0 : Math.sin(((hour - 6.4) / 12.5) * Math.PI);
  const rounded = (value: number): number => Number(value.toFixed(decimals));
  switch (kind) {
    case "pv_power": {
      if (sun === 0) return 0;
      entity.slow = entity.slow * 0.9915 + noise() * 0.05;
      const cloud = Math.min(1, Math.max(0.12, 0.75 + entity.slow));
      return Math.max(0, Math.round((1_500 + level * 4_500) * sun ** 1.2 * cloud * (1 + noise() * 0.006)));
    }
    case "voltage":
      entity.slow = entity.slow * 0.985 + noise() * 0.3;
      return rounded(229 + level * 6 + entity.slow + 2 * Math.cos((hour / 24) * 2 * Math.PI));
    case "load_power": {
      if (random() < 0.01) entity.state = Math.floor(random() * 32);
      const loads = [60, 120, 300, 900, 2_000].reduce(
        (sum, watts, bit) => sum + ((entity.state >> bit) & 1) * watts,
        150 + level * 250,
      );
      return Math.round(loads * (1 + noise() * 0.008) + noise() * 2);
    }
    case "frequency":
      entity.slow = entity.slow * 0.86 + noise() * 0.0095;
      return rounded(50 + entity.slow);
    case "temperature":
      entity.slow = entity.slow * 0.9993 + noise() * 0.03;
      return rounded(
        8 + level * 30 + entity.slow + noise() * 0.012 - (1 + level * 8) * Math.cos(((hour - 3) / 24) * 2 * Math.PI),
      );
    case "soc":
      entity.slow = Math.min(50, Math.max(-38, entity.slow + (sun > 0.15 ? sun * 0.11 : -0.045) * (1 + noise() * 0.5)));
      return Math.round(50 + entity.slow);
    case "energy": {
      const kilowatts = level < 0.5 ? sun * 4 : 0.3 + (random() < 0.1 ? 2 : 0);
      entity.slow += (kilowatts * (1 + noise() * 0.1) * 30) / 3_600;
      return rounded(1_000 + level * 20_000 + entity.slow);
    }
    case "binary":
      if (random() < 1 / 80) entity.state = 1 - entity.state;
      return entity.state === 0 ? "off" : "on";
    case "enum":
      if (random() < 1 / 20_000) entity.state = 20;
      entity.state = Math.max(0, entity.state - 1);
      return entity.state > 0 ? "Fault" : sun > 0.05 ? "Normal" : "Standby";
    default:
      return Math.floor(level * 500) / 10;
  }
}

/** A hub is away every two and a half days on average, for 20 seconds to 10 minutes. */
function outagesOf(random: () => number, end: number): (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  for (let time = begin + exponential(random, 2.5 * day); time < end;) {
    const away = 20_000 * 30 ** random();
    found.push([time, time + away]);
    time += away + exponential(random, 2.5 * day);
  }
  return found;
}

/** Mulberry32: numbers from 0 to 1. */
function generator(seed: number): () => number {
  let state = Math.imul(seed, 0x9e37_79b9) >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function exponential(random: () => number, mean: number): number {
  return -mean * Math.log(1 - random());
}

/** The entity that is read next stands first. */
class DueHeap {
  readonly #entities: Generated[];

  constructor(entities: readonly Generated[]) {
    this.#entities = entities.toSorted((a, b) => a.due - b.due);
  }

  get first(): Generated {
    return this.#entities[0] as Generated;
  }

  putBack(due: number): void {
    const heap = this.#entities;
    const entity = heap[0] as Generated;
    entity.due = due;
    for (let at = 0; ;) {
      let child = 2 * at + 1;
      if (child + 1 < heap.length && (heap[child + 1] as Generated).due < (heap[child] as Generated).due) child += 1;
      if (child >= heap.length || (heap[child] as Generated).due >= due) {
        heap[at] = entity;
        return;
      }
      heap[at] = heap[child] as Generated;
      at = child;
    }
  }
}
