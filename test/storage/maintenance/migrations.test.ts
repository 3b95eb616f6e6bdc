import { describe, expect, it } from "vitest";
import { MemoryStore } from "#storage/backends/memory-store.ts";
import { type Migration, Migrations } from "#storage/maintenance/migrations.ts";
import type { Store } from "#storage/store.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Puts a key going up, takes it away going down. */
const step = (number: number, { back = true, fails = false } = {}): Migration => ({
  number,
  name: `step-${number}`,
  async up(transaction) {
    transaction.put(bytes(`key ${number}`), bytes("1"));
    if (fails) throw new Error("this step does not work");
  },
  ...(back
    ? {
        down: async (transaction): Promise<void> => {
          transaction.delete(bytes(`key ${number}`));
        },
      }
    : {}),
});

function newRun(store: Store, ...migrations: Migration[]) {
  const backups: number[] = [];
  const backup = async (): Promise<void> => void backups.push(1);
  return { backups, run: new Migrations({ store, migrations, clock: new ManualClock(), backup }) };
}

async function keys(store: Store): Promise<string[]> {
  const found: string[] = [];
  for await (const key of store.keys()) if (key[0] === 0x6b) found.push(new TextDecoder().decode(key));
  return found;
}

describe("migrations", () => {
  it("go up in order, after a backup, and only once", async () => {
    const store = new MemoryStore();
    const { run, backups } = newRun(store, step(20), step(3));
    expect(await run.status()).toEqual({
      applied: [],
      pending: ["3 step-3", "20 step-20"],
      missing: [],
      outOfOrder: [],
    });
    expect(await run.up({ to: 3 })).toEqual({ steps: [{ name: "3 step-3", changes: 1 }], dryRun: false });
    expect((await run.up()).steps.map(({ name }) => name)).toEqual(["20 step-20"]);
    expect((await run.up()).steps).toEqual([]);
    expect(backups.length).toBe(2);
    expect(await keys(store)).toEqual(["key 20", "key 3"]);
  });

  it("go down, the newest first, and not where there is no way back", async () => {
    const store = new MemoryStore();
    const { run } = newRun(store, step(1, { back: false }), step(2), step(3));
    await run.up();
    expect((await run.down()).steps.map(({ name }) => name)).toEqual(["3 step-3"]);
    await expect(run.down({ to: 0 })).rejects.toMatchObject({ code: "STORE_CONFLICT" });
    expect(await keys(store)).toEqual(["key 1", "key 2"]);
    expect((await run.status()).applied).toEqual(["1 step-1", "2 step-2"]);
  });

  it("rehearse without changing anything, each step seeing the one before", async () => {
    const store = new MemoryStore();
    const seen: (string | undefined)[] = [];
    const second: Migration = {
      number: 2,
      name: "looks",
      async up(transaction) {
        const found = await transaction.get(bytes("key 1"));
        seen.push(found === undefined ? undefined : new TextDecoder().decode(found));
      },
    };
    const { run, backups } = newRun(store, step(1), second);
    expect(await run.up({ dryRun: true })).toEqual({
      steps: [
        { name: "1 step-1", changes: 1 },
        { name: "2 looks", changes: 0 },
      ],
      dryRun: true,
    });
    expect(seen).toEqual(["1"]);
    expect([await keys(store), backups.length, (await run.status()).applied]).toEqual([[], 0, []]);
  });

  it("leave a failing step out as a whole and keep those before", async () => {
    const store = new MemoryStore();
    const { run } = newRun(store, step(1), step(2, { fails: true }), step(3));
    await expect(run.up()).rejects.toThrow("this step does not work");
    expect(await keys(store)).toEqual(["key 1"]);
    expect((await run.status()).pending).toEqual(["2 step-2", "3 step-3"]);
  });

  it("name those that are unknown and those that came too late, and change nothing then", async () => {
    const store = new MemoryStore();
    await newRun(store, step(1), step(5)).run.up();
    const late = newRun(store, step(1), step(4), step(5));
    expect((await late.run.status()).outOfOrder).toEqual(["4 step-4"]);
    await expect(late.run.up()).rejects.toMatchObject({ code: "STORE_CONFLICT" });
    const older = newRun(store, step(1));
    expect((await older.run.status()).missing).toEqual(["5 step-5"]);
    await expect(older.run.up()).rejects.toMatchObject({ code: "STORE_NEWER_FORMAT" });
    expect(() => newRun(store, step(1), step(1))).toThrow("Two migrations have the number 1.");
  });
});
