import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "#core/logger.ts";
import { systemClock } from "#core/clock.ts";
import { FileStore } from "#storage/backends/file-store.ts";
import { MemoryStore } from "#storage/backends/memory-store.ts";
import { openDiskVolume } from "#storage/volume/disk-volume.ts";
import { MemoryVolume } from "#storage/volume/memory-volume.ts";
import { storeContract } from "../../contracts/store-contract.ts";

const common = { clock: systemClock, logger: silentLogger };

storeContract("MemoryStore", () => Promise.resolve(new MemoryStore()));
storeContract("FileStore in memory", () => FileStore.open({ ...common, volume: new MemoryVolume() }));
storeContract("FileStore in memory with tiny chunks", () =>
  FileStore.open({ ...common, volume: new MemoryVolume(), chunkBytes: 60 }),
);
storeContract("FileStore on disk", async () => {
  const volume = await openDiskVolume(mkdtempSync(join(tmpdir(), "cadence-store-")));
  return FileStore.open({ ...common, volume, commitInterval: 0 });
});
