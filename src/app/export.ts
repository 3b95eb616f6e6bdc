import { SampleRepository } from "#repository/samples.ts";
import { csvHeader, csvLine } from "#sources/csv-writer.ts";
import { type ExportedFile, ExportFolder } from "#sources/export-folder.ts";
import type { Storage } from "#storage/index.ts";
import { version } from "./version.ts";

export interface ExportOptions {
  readonly storage: Storage;
  readonly directory: string;
  /** ms since 1970; stands in the manifest. */
  readonly now: number;
  readonly signal: AbortSignal;
  /** Samples written so far. */
  readonly onProgress: (samples: number) => void;
}

/** Writes everything that is kept as text: `samples.csv` by entity and time, a file of JSON lines for each collection, `manifest.json` last. */
export async function exportStore({
  storage,
  directory,
  now,
  signal,
  onProgress,
}: ExportOptions): Promise<readonly ExportedFile[]> {
  const folder = await ExportFolder.create(directory);
  const repository = new SampleRepository(storage);
  let samples = 0;
  const rows = async function* (): AsyncGenerator<string> {
    for (const entityId of repository.entityIds().toSorted()) {
      for await (const slice of repository.read(entityId)) {
        signal.throwIfAborted();
        for (const sample of slice) yield csvLine(sample);
        samples += slice.length;
        onProgress(samples);
      }
    }
  };
  await folder.write("samples.csv", rows(), csvHeader);
  for (const name of await storage.collectionNames()) {
    const records = storage.collection<unknown>({ name, version: 0 }).records();
    const lines = async function* (): AsyncGenerator<string> {
      for await (const record of records) yield `${JSON.stringify(record, plainValues)}\n`;
    };
    await folder.write(`collections/${name}.jsonl`, lines());
  }
  await folder.finish({
    format: "modbus-cadence-export",
    version: 1,
    product: version,
    exportedAt: new Date(now).toISOString(),
  });
  return folder.files;
}

/** JSON has no words for these: numbers are written as `{"$number":"NaN"}`, lists of plain numbers as `{"$array":"Float32Array","values":[…]}`. */
function plainValues(_name: string, value: unknown): unknown {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return { $array: value.constructor.name, values: [...(value as Float64Array)] };
  }
  return typeof value === "number" && !Number.isFinite(value) ? { $number: String(value) } : value;
}
