import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import type { IntervalRecord } from "#model/interval-record.ts";
import type { LegacyStatistics } from "#model/legacy.ts";
import { type JsonMember, readMembers } from "./json-members.ts";
import type { JsonObject, JsonValue } from "./json-reader.ts";
import { type CorrelationRow, type LegacyDocument, LegacyDocuments } from "./legacy-documents.ts";
import { type LegacyFile, listLegacyFiles, readLegacyText } from "./legacy-files.ts";
import { type FileGather, gatherOf, reportOf } from "./legacy-gather.ts";
import { legacyName } from "./legacy-kind.ts";
import { LegacyRecords } from "./legacy-records.ts";
import type { LegacyReport } from "./legacy-report.ts";
import { isObject, isOfKind, isRecordOf, shapeOf } from "./legacy-shapes.ts";

export interface LegacyOptions {
  /** IANA name of the zone whose local times were written; without it they stay undecided. */
  readonly zone?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (path: string, share: number) => void;
}

/** Everything that could be read in a folder of the old package. */
export interface LegacyData {
  readonly statistics: readonly LegacyStatistics[];
  /** By entity and time. */
  readonly history: readonly IntervalRecord[];
  readonly documents: readonly LegacyDocument[];
  readonly report: LegacyReport;
  /** Of all that was read: another one says that somebody changed the folder meanwhile. */
  readonly digest: string;
}

/**
 * Reads folders of the old package, both layouts, whole or damaged: records are found by what they are, not by what the index says. Of several records of an
 * entity the freshest counts. Nothing in the folders is changed. Throws SOURCE_NOT_FOUND, SOURCE_UNREADABLE, ABORTED.
 */
export async function readLegacyFolders(
  directories: readonly string[],
  options: LegacyOptions = {},
): Promise<LegacyData> {
  const files: { directory: string; label: string; file: LegacyFile }[] = [];
  for (const directory of directories) {
    const prefix = directories.length === 1 ? "" : `${basename(directory)}/`;
    for (const file of await listLegacyFiles(directory))
      files.push({ directory, label: `${prefix}${file.path}`, file });
  }
  const bytes = files.reduce((sum, { file }) => sum + file.bytes, 0);
  const collector = new Collector(options.zone);
  let done = 0;
  for (const { directory, label, file } of files) {
    options.signal?.throwIfAborted();
    options.onProgress?.(label, bytes === 0 ? 1 : done / bytes);
    await collector.read(directory, label, file, options.signal);
    done += file.bytes;
  }
  return collector.finish(directories);
}

class Collector {
  readonly #records: LegacyRecords;
  readonly #documents = new LegacyDocuments();
  readonly #gathers: FileGather[] = [];
  readonly #digest = createHash("sha256");

  constructor(zone: string | undefined) {
    this.#records = new LegacyRecords(zone);
  }

  async read(directory: string, label: string, file: LegacyFile, signal?: AbortSignal): Promise<void> {
    const gather = gatherOf(file, label);
    this.#gathers.push(gather);
    if (file.type !== "file" || legacyName(file.path) === undefined) return;
    const text = this.#digested(label, readLegacyText(join(directory, file.path)), signal);
    const clusters = new Map<string, readonly string[]>();
    try {
      const isRecord = (key: string, value: JsonValue): boolean => isRecordOf(gather.kind, key, value);
      for await (const member of readMembers(text, gather.findings, isRecord)) this.#take(gather, member, clusters);
    } catch (error) {
      signal?.throwIfAborted();
      gather.failure = (error as Error).message;
    }
    this.#documents.takeClusters(gather, clusters);
    this.#documents.takeRest(gather);
  }

  async *#digested(path: string, text: AsyncIterable<string>, signal?: AbortSignal): AsyncGenerator<string> {
    this.#digest.update(`${path}\n`);
    for await (const piece of text) {
      signal?.throwIfAborted();
      this.#digest.update(piece, "latin1");
      yield piece;
    }
  }

  #take(gather: FileGather, member: JsonMember, clusters: Map<string, readonly string[]>): void {
    const { key, value, complete, behindDamage } = member;
    if (complete && !behindDamage) gather.completeMembers += 1;
    if (complete && behindDamage) gather.membersBehindDamage += 1;
    const kind = isOfKind(gather.kind, key, value) ? gather.kind : shapeOf(key, value);
    // Of a list that was cut off, what is whole; of anything else nothing.
    if (kind === "history") this.#records.takeHistory(gather, key, value, member);
    else if (key === "entities" && isObject(value) && gather.kind === "history")
      for (const [name, inner] of Object.entries(value)) this.#records.takeHistory(gather, name, inner, member);
    else if (complete && kind === "statistics") this.#records.takeStatistics(gather, key, value as JsonObject);
    else if (complete && kind === "clusters") clusters.set(key, value as readonly string[]);
    else if (complete && kind === "correlation") this.#documents.takeCorrelation(gather, key, value as CorrelationRow);
    else if (complete) gather.rest[key] = value;
    if (key !== "entities") this.#takeSwallowed(gather, member, clusters);
  }

  /** Where the end of a member is missing, those behind it look like parts of it. */
  #takeSwallowed(gather: FileGather, member: JsonMember, clusters: Map<string, readonly string[]>): void {
    const { value } = member;
    // Nothing but records that stand in each other is what a damage makes.
    const parts = Array.isArray(value)
      ? (value as readonly JsonValue[]).filter(isObject)
      : isObject(value)
        ? [value]
        : [];
    for (const part of parts) {
      for (const [key, inner] of Object.entries(part)) {
        if (member.isComplete(inner) && isRecordOf(gather.kind, key, inner))
          this.#take(gather, { ...member, key, value: inner, complete: true, behindDamage: true }, clusters);
        else if (!member.isComplete(inner) && typeof inner === "object" && inner !== null)
          this.#takeSwallowed(gather, { ...member, key, value: inner }, clusters);
      }
    }
  }

  finish(directories: readonly string[]): LegacyData {
    const { documents, totals } = this.#documents.finish();
    const { statistics, history } = this.#records;
    const placeholder = "dummy";
    const ghosts = [...this.#documents.indexed].filter((name) => name !== placeholder && !this.#records.has(name));
    const report = {
      directories,
      totals: {
        entities: statistics.length,
        unattributed: statistics.filter(({ entityId }) => entityId === undefined).length,
        polls: statistics.reduce((sum, { polls = 0 }) => sum + polls, 0),
        history: { entities: new Set(history.map(({ entityId }) => entityId)).size, records: history.length },
        ...totals,
        shadowed: this.#gathers.reduce((sum, { shadowed }) => sum + shadowed, 0),
      },
      files: this.#gathers.map(reportOf),
      ghosts: ghosts.toSorted(),
    };
    return { statistics, history, documents, report, digest: this.#digest.digest("hex") };
  }
}
