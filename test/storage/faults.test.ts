import type * as FileSystem from "node:fs/promises";
import { cpSync } from "node:fs";
import { afterAll, describe, expect, it, vi } from "vitest";
import { CadenceError } from "#core/errors.ts";
import { silentLogger } from "#core/logger.ts";
import { Backups, Storage } from "#storage/index.ts";
import { calls, faults, withFault } from "../support/faulty-fs.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";

vi.mock("node:fs/promises", async (original) => {
  const { faultyFileSystem } = await import("../support/faulty-fs.ts");
  return faultyFileSystem(await original<typeof FileSystem>());
});

const common = { clock: new ManualClock(), logger: silentLogger };
const open = (at: string): Promise<Storage> => Storage.open({ ...common, at, commitInterval: 0, create: true });
const backupsOf = (directory: string): Backups => new Backups({ ...common, directory });
const sample = (time: number) => ({ series: `sensor.${time % 3}`, time, state: String((time * time * 7) % 1_009) });
const range = (begin: number, end: number): number[] =>
  Array.from({ length: end - begin }, (_, index) => begin + index);

/** What `work` does to a store with the times 0 to 599, and which times it may have added when it fails, and has when it does not. */
interface Scenario {
  readonly adds: readonly number[];
  readonly work: (directory: string) => Promise<void>;
}

const scenarios: Readonly<Record<string, Scenario>> = {
  "opening, appending and closing": {
    adds: range(600, 640),
    work: async (directory) => {
      await using storage = await open(directory);
      await storage.series.append(range(600, 640).map(sample));
    },
  },
  "a checkpoint": {
    adds: [],
    work: async (directory) => {
      await using storage = await open(directory);
      await storage.series.flush();
    },
  },
  compaction: {
    adds: [],
    work: async (directory) => {
      await using storage = await open(directory);
      await storage.compact();
    },
  },
  "a backup": {
    adds: [],
    work: async (directory) => {
      await backupsOf(directory).create();
    },
  },
  "restoring a backup": {
    adds: [],
    work: async (directory) => {
      const backups = backupsOf(directory);
      const [oldest] = await backups.list();
      await backups.restore(oldest?.name ?? "");
    },
  },
};

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());

async function timesIn(directory: string): Promise<number[]> {
  await using storage = await open(directory);
  expect((await storage.verify()).faults).toEqual([]);
  const found: number[] = [];
  for (const name of storage.series.names())
    for await (const { times, states } of storage.series.read(name))
      for (const [index, time] of times.entries()) {
        expect(states.at(index)).toBe(sample(time).state);
        found.push(time);
      }
  return found.toSorted((a, b) => a - b);
}

async function newStore(): Promise<string> {
  const directory = folder.at("store");
  {
    await using storage = await open(directory);
    await storage.series.append(range(0, 300).map(sample));
    await storage.series.flush();
  }
  await backupsOf(directory).create();
  await using storage = await open(directory);
  await storage.series.append(range(300, 600).map(sample));
  return directory;
}

describe("a disk that fails at any one call", () => {
  it.each(Object.entries(scenarios))(
    "during %s gives a clear error, loses nothing, and all goes on when the cause is gone",
    { timeout: 120_000 },
    async (name, { adds, work }) => {
      const original = await newStore();
      const before = range(0, 600);
      const after = name === "restoring a backup" ? range(0, 300) : [...before, ...adds];
      let failures = 0;
      for (let at = 0; ; at += 1) {
        // Each call meets one kind of failure after the other, at different places in different runs.
        const fault = faults[(at + name.length) % faults.length] as (typeof faults)[number];
        const directory = folder.at(`${name.replaceAll(/\W/g, "-")}-${at}`);
        cpSync(original, directory, { recursive: true });
        let error: unknown;
        const met = await withFault(at, fault, async () => {
          await work(directory).catch((cause: unknown) => (error = cause));
        });
        const where = `${fault} at call ${at}, ${calls[at]}`;
        if (error !== undefined) {
          failures += 1;
          expect(error, where).toBeInstanceOf(CadenceError);
          expect((error as CadenceError).code, where).toMatch(/^STORE_/);
        }
        const found = await timesIn(directory);
        const expected = error === undefined ? [after] : [before, after];
        expect(
          expected.some((times) => times.join() === found.join()),
          `${where}: ${found.length} values`,
        ).toBe(true);
        // The cause is gone: the same work is done now.
        await work(directory);
        expect((await timesIn(directory)).join(), where).toBe(after.join());
        if (!met) break;
      }
      expect(failures).toBeGreaterThan(5);
    },
  );
});
