/** The door of the room: what repository, app and cli may use. */
export { Batch } from "./batch.ts";
export { binaryObjectCodec } from "./codec/binary-object.ts";
export { columnsCodec } from "./codec/columns.ts";
export { zstdCodec } from "./codec/compressed.ts";
export type { Collection, CollectionSpec } from "./collection.ts";
export type { Document } from "./document.ts";
export type { SeriesSample } from "./series/intake.ts";
export type { AppendResult } from "./series/series-store.ts";
export type { SeriesInfo } from "./series/series-state.ts";
export { States } from "./series/states.ts";
export type { SeriesSlice } from "./series/series-slice.ts";
export type { EarlierHour, Summary, SummaryRange } from "./series/roll-up-reader.ts";
export {
  type ChunkContent,
  Storage,
  type StorageOptions,
  type StorageRepair,
  type StorageStatus,
  type TidyOptions,
  type TidyReport,
} from "./storage.ts";
export type { StoreFault, VerifyReport } from "./backends/file-store-verify.ts";
export {
  type Backup,
  Backups,
  type KeepBackups,
  type NewBackup,
  type ReplaceReport,
  type RestoreReport,
} from "./maintenance/backups.ts";
export {
  SiteSamples,
  type SiteSample,
  type SiteSamplesOptions,
  type SiteTold,
} from "./backends/postgres/site-samples.ts";
export { openDiskVolume } from "./volume/disk-volume.ts";
export { MemoryVolume } from "./volume/memory-volume.ts";
export type { Volume, VolumeFile } from "./volume/volume.ts";
