import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "#core/logger.ts";
import { systemClock } from "#core/clock.ts";
import { Batch } from "#storage/batch.ts";
import { FileStore } from "#storage/backends/file-store.ts";
import { MemoryStore } from "#storage/backends/memory-store.ts";
import { SqliteStore } from "#storage/backends/sqlite/sqlite-store.ts";
import { PrefixStore } from "#storage/prefix-store.ts";
import type { Store } from "#storage/store.ts";
import { openDiskVolume } from "#storage/volume/disk-volume.ts";
import { MemoryVolume } from "#storage/volume/memory-volume.ts";
import { storeContract } from "../../contracts/store-contract.ts";

const common = { clock: systemClock, logger: silentLogger };

const newFolder = (): string => mkdtempSync(join(tmpdir(), "cadence-store-"));
const backends: Readonly<Record<string, () => Promise<Store>>> = {
  MemoryStore: () => Promise.resolve(new MemoryStore()),
  "FileStore in memory": () => FileStore.open({ ...common, volume: new MemoryVolume() }),
  "FileStore in memory with tiny chunks": () =>
    FileStore.open({ ...common, volume: new MemoryVolume(), chunkBytes: 60 }),
  "FileStore on disk": async () =>
    FileStore.open({ ...common, volume: await openDiskVolume(newFolder()), commitInterval: 0 }),
  SqliteStore: () => SqliteStore.open({ path: join(newFolder(), "store.db") }),
};

for (const [name, open] of Object.entries(backends)) {
  storeContract(name, open);
  storeContract(`a prefix view of ${name}`, async () => {
    const store = await open();
    // Neighbours on both sides that must never be seen.
    await store.write(new Batch().put(Uint8Array.of(6, 255), Uint8Array.of(1)).put(Uint8Array.of(8), Uint8Array.of(1)));
    return new PrefixStore(store, Uint8Array.of(7));
  });
}
