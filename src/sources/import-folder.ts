import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { CadenceError } from "#core/errors.ts";
import type { ExportedFile } from "./export-folder.ts";

/** What `ExportFolder` writes, and nothing else: no name leads out of the folder. */
const samplesFile = "samples.csv";
const collectionFile = /^collections\/([a-z][a-z0-9-]*)\.jsonl$/;
const format = "modbus-cadence-export";
const formatVersion = 1;
const longestManifest = 10_000_000;

/** One record of a collection as it stands in an export. */
export interface ExportedRecord {
  readonly key: string;
  /** Schema version. */
  readonly version: number;
  readonly value: unknown;
}

/** A folder that an export wrote. */
export class ImportFolder {
  readonly directory: string;
  readonly #files: readonly ExportedFile[];

  private constructor(directory: string, files: readonly ExportedFile[]) {
    this.directory = directory;
    this.#files = files;
  }

  /** Throws SOURCE_NOT_FOUND, SOURCE_UNREADABLE, STORE_NEWER_FORMAT. */
  static async open(directory: string): Promise<ImportFolder> {
    const manifest = await readManifest(directory);
    const { format: name, version, files } = (manifest ?? {}) as Record<string, unknown>;
    if (name !== format || !Array.isArray(files) || typeof version !== "number") throw noExport(directory);
    if (version > formatVersion) {
      throw new CadenceError(
        "STORE_NEWER_FORMAT",
        `${directory} has export format ${version}; this program knows ${formatVersion}.`,
        {
          remedy: "Update Modbus Cadence; nothing was changed.",
        },
      );
    }
    return new ImportFolder(
      directory,
      files.map((file) => checkedFile(directory, file)),
    );
  }

  get samplesPath(): string {
    return join(this.directory, samplesFile);
  }

  get collections(): readonly string[] {
    return this.#files.flatMap(({ path }) => collectionFile.exec(path)?.[1] ?? []);
  }

  /** Compares every file with its checksum. Throws SOURCE_UNREADABLE for the first that is not as it was written. */
  async verify(signal: AbortSignal, onProgress: (path: string) => void): Promise<void> {
    for (const { path, bytes, sha256 } of this.#files) {
      signal.throwIfAborted();
      onProgress(path);
      const found = await stat(join(this.directory, path)).catch(() => undefined);
      if (found?.size !== bytes || (await digestOf(join(this.directory, path))) !== sha256) {
        throw new CadenceError("SOURCE_UNREADABLE", `${join(this.directory, path)} is not as it was exported.`, {
          remedy: "It was cut off or changed since. Copy the export again; nothing was imported.",
        });
      }
    }
  }

  /** The records of a collection, in order. Throws SOURCE_UNREADABLE. */
  async *records(collection: string): AsyncGenerator<ExportedRecord> {
    const path = join(this.directory, "collections", `${collection}.jsonl`);
    let line = 0;
    for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
      line += 1;
      yield parseRecord(path, line, text);
    }
  }
}

async function readManifest(directory: string): Promise<unknown> {
  const path = join(directory, "manifest.json");
  try {
    await using file = await open(path);
    if ((await file.stat()).size > longestManifest) throw noExport(directory);
    return JSON.parse(await file.readFile("utf8"));
  } catch (cause) {
    if (cause instanceof CadenceError) throw cause;
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") {
      throw new CadenceError(
        "SOURCE_NOT_FOUND",
        `There is no whole export in ${directory}: manifest.json is missing.`,
        {
          remedy: "It is written last; export again, or name the folder that holds it.",
          cause,
        },
      );
    }
    throw noExport(directory, cause);
  }
}

function checkedFile(directory: string, file: unknown): ExportedFile {
  const { path, rows, bytes, sha256 } = (file ?? {}) as Partial<ExportedFile>;
  const isOurs = typeof path === "string" && (path === samplesFile || collectionFile.test(path));
  if (!isOurs || typeof rows !== "number" || typeof bytes !== "number" || typeof sha256 !== "string")
    throw noExport(directory);
  return { path, rows, bytes, sha256 };
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of createReadStream(path) as AsyncIterable<Buffer>) hash.update(part);
  return hash.digest("hex");
}

function parseRecord(path: string, line: number, text: string): ExportedRecord {
  let record: Partial<ExportedRecord> | null = null;
  try {
    record = JSON.parse(text, reviveValues) as Partial<ExportedRecord> | null;
  } catch {
    // Said below, with the line.
  }
  if (typeof record?.key !== "string" || !Number.isSafeInteger(record.version)) {
    throw new CadenceError("SOURCE_UNREADABLE", `${path}, line ${line}: this is no record.`, {
      remedy: "Export again; nothing was imported.",
    });
  }
  return { key: record.key, version: record.version as number, value: record.value };
}

const numbers: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

const lists = {
  Int8Array,
  Uint8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
} as const;

/** The numbers, and lists of them, for which JSON has no words. */
function reviveValues(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { $number: word, $array: list, values } = value as { $number?: unknown; $array?: unknown; values?: unknown };
  const keys = Object.keys(value).length;
  if (keys === 1 && typeof word === "string" && Object.hasOwn(numbers, word)) return numbers[word];
  if (keys === 2 && typeof list === "string" && Object.hasOwn(lists, list) && isNumbers(values)) {
    return lists[list as keyof typeof lists].from(values);
  }
  return value;
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((each) => typeof each === "number");
}

function noExport(directory: string, cause?: unknown): CadenceError {
  return new CadenceError("SOURCE_UNREADABLE", `${directory} is not an export of Modbus Cadence.`, {
    remedy: "Name the folder that store export wrote.",
    ...(cause === undefined ? {} : { cause }),
  });
}
