import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "#core/clock.ts";
import { silentLogger } from "#core/logger.ts";
import { FileStore } from "#storage/backends/file-store.ts";
import { MemoryStore } from "#storage/backends/memory-store.ts";
import { SqliteStore } from "#storage/backends/sqlite/sqlite-store.ts";
import { Batch } from "#storage/batch.ts";
import { MemoryVolume } from "#storage/index.ts";
import { transfer } from "#storage/maintenance/transfer.ts";
import { PrefixStore } from "#storage/prefix-store.ts";
import type { Store } from "#storage/store.ts";
import { seeded } from "../../support/random.ts";
import { TemporaryFolder } from "../../support/temporary-folder.ts";

let folder = new TemporaryFolder();
afterEach(() => {
  folder[Symbol.dispose]();
  folder = new TemporaryFolder();
});

const backends: Readonly<Record<string, () => Promise<Store>>> = {
  files: () => FileStore.open({ volume: new MemoryVolume(), clock: systemClock, logger: silentLogger }),
  sqlite: () => SqliteStore.open({ path: join(mkdtempSync(folder.at("sqlite-")), "store.db") }),
  "a view": async () => new PrefixStore(new MemoryStore(), Uint8Array.of(5)),
};

async function fill(store: Store): Promise<Store> {
  const random = seeded(8);
  const batch = new Batch();
  for (let index = 0; index < 12_000; index += 1) {
    const key = Uint8Array.from({ length: 1 + Math.floor(random() * 20) }, () => Math.floor(random() * 256));
    batch.put(
      key,
      Uint8Array.from({ length: Math.floor(random() * 60) }, () => Math.floor(random() * 256)),
    );
  }
  await store.write(batch);
  return store;
}

describe("moving a store to another backend", () => {
  it.each(Object.keys(backends).flatMap((from) => Object.keys(backends).map((to) => [from, to] as const)))(
    "from %s to %s brings everything",
    async (from, to) => {
      const source = await fill(await (backends[from] as () => Promise<Store>)());
      const target = await (backends[to] as () => Promise<Store>)();
      const report = await transfer(source, target, { durable: false });
      expect(report.entries).toBeGreaterThan(9_000);
      let entries = 0;
      for await (const { key, value } of source.range({ limit: 200 })) {
        expect(await target.get(key)).toEqual(value);
        entries += 1;
      }
      expect(entries).toBe(200);
      await source.close();
      await target.close();
    },
  );

  it("refuses a store that holds something, and one that forgets", async () => {
    const source = await fill(new MemoryStore());
    await expect(transfer(source, await fill(new MemoryStore()))).rejects.toMatchObject({
      code: "STORE_EXPORT_EXISTS",
    });
    await expect(transfer(source, new MemoryStore())).rejects.toThrow("does not outlive the process");
  });

  it("finds out when what was written is not what was read", async () => {
    const source = await fill(new MemoryStore());
    const target = new MemoryStore();
    const bulk = target.bulk.bind(target);
    target.bulk = async (batch): Promise<void> => {
      await bulk(batch);
      await target.write(new Batch().delete((batch.operations[5] as { key: Uint8Array }).key));
    };
    await expect(transfer(source, target, { durable: false })).rejects.toMatchObject({ code: "STORE_CORRUPT" });
  });
});
