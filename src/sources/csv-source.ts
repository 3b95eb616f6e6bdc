import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { CadenceError } from "#core/errors.ts";
import { isEntityId } from "#model/entity.ts";
import { longestState, type Sample } from "#model/sample.ts";
import { CsvParser, type CsvRecord } from "./csv-parser.ts";
import { SampleBatcher } from "./sample-batcher.ts";
import type { Source, SourceBatch, SourceProblem } from "./source.ts";

/** The columns a file of samples has, in any order; others are ignored. */
export const csvColumns = ["entity_id", "timestamp_ms", "state"] as const;

interface Columns {
  readonly entityId: number;
  readonly time: number;
  readonly state: number;
  readonly count: number;
}

const gzipMagic = Buffer.from([0x1f, 0x8b]);
const byteOrderMark = /^\u00EF\u00BB\u00BF/;

/** Samples in a text file with a header, plain or compressed with gzip. */
export class CsvSource implements Source {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  async *read(): AsyncGenerator<SourceBatch> {
    const { size } = await stat(this.path);
    const file = createReadStream(this.path);
    const gunzip = (await startsWith(this.path, gzipMagic)) ? createGunzip() : undefined;
    // Errors reach the loop below through the stream that is read.
    const bytes: AsyncIterable<Buffer> = gunzip === undefined ? file : pipeline(file, gunzip, () => undefined);
    const parser = new CsvParser();
    const batcher = new SampleBatcher();
    let columns: Columns | undefined;
    let problems: SourceProblem[] = [];
    const takeRecord = (record: CsvRecord): void => {
      if (columns === undefined) {
        columns = readHeader(this.path, record);
        return;
      }
      const sample = readRecord(record, columns);
      if (typeof sample === "string") problems.push({ line: record.line, text: sample });
      else batcher.add(sample);
    };
    const finished = function* (end: boolean): Generator<SourceBatch> {
      const share = size === 0 ? 1 : Math.min(1, file.bytesRead / size);
      for (const samples of batcher.take(end)) {
        yield { samples, problems, share };
        problems = [];
      }
      if (problems.length > 0) yield { samples: [], problems, share };
      problems = [];
    };
    try {
      for await (const part of bytes) {
        for (const record of parser.push(part.toString("latin1"))) takeRecord(record);
        yield* finished(false);
      }
    } catch (cause) {
      if (cause instanceof CadenceError) throw cause;
      // What came before the damage is good.
      yield* finished(true);
      throw new CadenceError("SOURCE_UNREADABLE", `${this.path} is damaged or cut off: ${(cause as Error).message}.`, {
        remedy: "Everything before the damage was taken; get the file again and repeat the command.",
        cause,
      });
    } finally {
      file.destroy();
    }
    for (const record of parser.push("", true)) takeRecord(record);
    if (columns === undefined) throw notSamples(this.path, "it is empty");
    yield* finished(true);
  }
}

async function startsWith(path: string, magic: Buffer): Promise<boolean> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(magic.length), 0, magic.length, 0);
  return bytesRead === magic.length && buffer.equals(magic);
}

function readHeader(path: string, { fields }: CsvRecord): Columns {
  const names = fields.map((field) => field.replace(byteOrderMark, "").trim().toLowerCase());
  const missing = csvColumns.filter((name) => !names.includes(name));
  if (missing.length > 0) throw notSamples(path, `its first line does not name ${missing.join(" and ")}`);
  const [entityId, time, state] = csvColumns.map((name) => names.indexOf(name)) as [number, number, number];
  return { entityId, time, state, count: names.length };
}

function notSamples(path: string, why: string): CadenceError {
  return new CadenceError("SOURCE_UNREADABLE", `${path} is no file of samples: ${why}.`, {
    remedy: `The first line must be ${csvColumns.join(",")} (in any order).`,
  });
}

/** The sample, or what is wrong with the line. */
function readRecord({ fields, malformed }: CsvRecord, columns: Columns): Sample | string {
  if (malformed) return "a quoted field is not closed, or has text behind it";
  if (fields.length !== columns.count) return `has ${fields.length} fields instead of ${columns.count}`;
  const entityId = fields[columns.entityId] as string;
  const time = fields[columns.time] as string;
  const state = decode(fields[columns.state] as string);
  if (!isEntityId(entityId)) return `“${shorten(entityId)}” is no entity id`;
  if (!/^-?\d{1,15}$/.test(time)) return `“${shorten(time)}” is no time in whole milliseconds since 1970`;
  if (state === undefined) return "the state is not UTF-8";
  if (state.length > longestState) return `the state is longer than ${longestState} characters`;
  return { entityId, time: Number(time), state };
}

/** The text that the bytes of a field are; undefined when they are no UTF-8. */
function decode(bytes: string): string | undefined {
  if (!/[\u0080-\u00FF]/.test(bytes)) return bytes;
  const buffer = Buffer.from(bytes, "latin1");
  return isUtf8(buffer) ? buffer.toString() : undefined;
}

function shorten(bytes: string): string {
  const text = decode(bytes) ?? bytes;
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
