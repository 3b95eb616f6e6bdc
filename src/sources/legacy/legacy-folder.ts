import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import type { IntervalRecord } from "#model/interval-record.ts";
import type { LegacyStatistics } from "#model/legacy.ts";
import { type JsonFindings, type JsonMember, readMembers } from "./json-members.ts";
import type { JsonObject, JsonValue } from "./json-reader.ts";
import { type LegacyFile, listLegacyFiles, readLegacyText } from "./legacy-files.ts";
import { type LegacyKind, legacyName, type LegacyPlace, places } from "./legacy-kind.ts";
import { legacyStatistics, plain } from "./legacy-record.ts";
import type { LegacyFileReport, LegacyFileState, LegacyReport } from "./legacy-report.ts";
import { documentKind, historyList, isObject, isOfKind, isRecordOf, shapeOf } from "./legacy-shapes.ts";
import { unixTime, writtenTime } from "./written-time.ts";

export interface LegacyOptions {
  /** IANA name of the zone whose local times were written; without it they stay undecided. */
  readonly zone?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (path: string, share: number) => void;
}

/** A file of one object, or what of it is no record of an entity. */
export interface LegacyDocument {
  /** `patterns`, `clusters`, `adaptive-parameters` …; `other: PATH` for what is not known. */
  readonly name: string;
  readonly source: string;
  /** When it was written, ms since 1970, where that is told. */
  readonly time?: number;
  readonly content: Readonly<Record<string, unknown>>;
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

/** Records of one file, gathered while it is read. */
interface FileGather {
  /** Its path, behind the name of its folder where there are several. */
  readonly label: string;
  readonly file: LegacyFile;
  readonly kind: LegacyKind;
  readonly place: LegacyPlace;
  readonly findings: JsonFindings;
  completeMembers: number;
  membersBehindDamage: number;
  taken: number;
  shadowed: number;
  placeholders: number;
  /** Members that belong to no entity. */
  readonly rest: Record<string, JsonValue>;
  failure?: string;
}

/** Stated once, as what every decision of the old package has in common. */
const origin = "legacy";

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
  readonly #zone: string | undefined;
  readonly #gathers: FileGather[] = [];
  readonly #statistics = new Map<string, { record: LegacyStatistics; gather: FileGather }>();
  readonly #history = new Map<string, Map<number, { record: IntervalRecord; gather: FileGather }>>();
  readonly #clusters: { gather: FileGather; clusters: Map<string, readonly string[]> }[] = [];
  readonly #correlation = new Map<string, Record<string, number | null>>();
  readonly #documents = new Map<LegacyKind, { gather: FileGather; content: JsonObject; time: number }[]>();
  readonly #other: { gather: FileGather; content: JsonObject }[] = [];
  readonly #digest = createHash("sha256");

  constructor(zone: string | undefined) {
    this.#zone = zone;
  }

  async read(directory: string, label: string, file: LegacyFile, signal?: AbortSignal): Promise<void> {
    const name = legacyName(file.path);
    const gather: FileGather = {
      label,
      file,
      kind: name?.kind ?? "unknown",
      place: name?.place ?? "root",
      findings: { damage: [], notNumbers: 0 },
      completeMembers: 0,
      membersBehindDamage: 0,
      taken: 0,
      shadowed: 0,
      placeholders: 0,
      rest: Object.create(null) as Record<string, JsonValue>,
    };
    this.#gathers.push(gather);
    if (file.type !== "file" || name === undefined) return;
    const text = this.#digested(label, readLegacyText(join(directory, file.path)), signal);
    try {
      const clusters = new Map<string, readonly string[]>();
      const isRecord = (key: string, value: JsonValue): boolean => isRecordOf(gather.kind, key, value);
      for await (const member of readMembers(text, gather.findings, isRecord)) this.#take(gather, member, clusters);
      if (clusters.size > 0) this.#clusters.push({ gather, clusters });
    } catch (error) {
      signal?.throwIfAborted();
      gather.failure = (error as Error).message;
    }
    this.#sortRest(gather);
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
    if (kind === "history") this.#takeHistory(gather, key, value, member);
    else if (key === "entities" && isObject(value) && gather.kind === "history")
      for (const [name, inner] of Object.entries(value)) this.#takeHistory(gather, name, inner, member);
    else if (!complete) return;
    else if (kind === "statistics") this.#takeStatistics(gather, key, value as JsonObject);
    else if (kind === "clusters") clusters.set(key, value as readonly string[]);
    else if (kind === "correlation")
      this.#takeCorrelation(gather, key, value as Readonly<Record<string, number | null>>);
    else gather.rest[key] = value;
  }

  #takeStatistics(gather: FileGather, name: string, value: JsonObject): void {
    if (Object.keys(value).length === 0) {
      gather.placeholders += 1;
      return;
    }
    const record = legacyStatistics(name, value, gather.label, this.#zone);
    const known = this.#statistics.get(name);
    if (known === undefined || isFresher({ record, gather }, known)) {
      if (known !== undefined) {
        known.gather.taken -= 1;
        known.gather.shadowed += 1;
      }
      this.#statistics.set(name, { record, gather });
      gather.taken += 1;
    } else {
      gather.shadowed += 1;
    }
  }

  #takeHistory(gather: FileGather, name: string, value: JsonValue, member: JsonMember): void {
    const list = historyList(value);
    if (list?.length === 0 && member.complete) gather.placeholders += 1;
    for (const each of list ?? []) {
      if (!isObject(each) || !member.isComplete(each)) continue;
      const { timestamp, interval, ...more } = each;
      const time = unixTime(timestamp);
      if (time === undefined || typeof interval !== "number" || !(interval > 0)) continue;
      const records = this.#history.get(name) ?? new Map<number, { record: IntervalRecord; gather: FileGather }>();
      this.#history.set(name, records);
      const record = {
        entityId: name,
        time,
        interval,
        reason: "Decided by the older Python package.",
        origin,
        ...(Object.keys(more).length === 0 ? {} : { extra: plain(more) as Readonly<Record<string, unknown>> }),
      };
      const known = records.get(time);
      if (known !== undefined && rankOf(known.gather.place) <= rankOf(gather.place)) {
        gather.shadowed += 1;
        continue;
      }
      if (known !== undefined) {
        known.gather.taken -= 1;
        known.gather.shadowed += 1;
      }
      records.set(time, { record, gather });
      gather.taken += 1;
    }
  }

  #takeCorrelation(gather: FileGather, name: string, row: Readonly<Record<string, number | null>>): void {
    const known = this.#correlation.get(name) ?? (Object.create(null) as Record<string, number | null>);
    let isNew = false;
    for (const [other, value] of Object.entries(row)) {
      if (known[other] !== undefined && known[other] !== null) continue;
      known[other] = value;
      isNew = true;
    }
    this.#correlation.set(name, known);
    if (isNew) gather.taken += 1;
    else gather.shadowed += 1;
  }

  /** What is left of a file is one object: by its name, else by its keys. */
  #sortRest(gather: FileGather): void {
    const content = gather.rest;
    const keys = Object.keys(content);
    if (keys.length === 0) return;
    const byName = keys.some((key) => isOfKind(gather.kind, key, content[key] ?? null));
    const kind = byName ? gather.kind : documentKind(content);
    if (kind === "unknown") {
      this.#other.push({ gather, content });
      gather.taken += 1;
      return;
    }
    const list = this.#documents.get(kind) ?? [];
    list.push({ gather, content, time: dateOf(content) });
    this.#documents.set(kind, list);
  }

  finish(directories: readonly string[]): LegacyData {
    const documents: LegacyDocument[] = [];
    for (const [kind, versions] of this.#documents) {
      if (kind === "index") continue;
      const [newest, ...others] = versions.toSorted(
        (a, b) => b.time - a.time || rankOf(a.gather.place) - rankOf(b.gather.place),
      );
      if (newest === undefined) continue;
      if (kind !== "meta" && kind !== "storage-meta" && !isSkeleton(kind, newest.content)) {
        newest.gather.taken += 1;
        for (const { gather } of others) gather.shadowed += 1;
      }
      documents.push(documentOf(kind, newest.gather, newest.content, newest.time));
    }
    const clusters = this.#chooseClusters();
    if (clusters !== undefined) documents.push(clusters);
    if (this.#correlation.size > 0) {
      const content = Object.fromEntries([...this.#correlation].map(([name, row]) => [name, { ...row }]));
      documents.push({ name: "correlation", source: "", content });
    }
    for (const { gather, content } of this.#other)
      documents.push(documentOf(`other: ${gather.label}`, gather, content, dateOf(content)));
    const statistics = [...this.#statistics.values()].map(({ record }) => record);
    const history = [...this.#history.values()].flatMap((records) =>
      [...records.values()].map(({ record }) => record).toSorted((a, b) => a.time - b.time),
    );
    const totals = {
      entities: statistics.length,
      unattributed: statistics.filter(({ entityId }) => entityId === undefined).length,
      polls: statistics.reduce((sum, { polls = 0 }) => sum + polls, 0),
      history: {
        entities: [...this.#history.values()].filter((records) => records.size > 0).length,
        records: history.length,
      },
      patterns: this.#countPatterns(documents),
      clusters: countClusters(clusters),
      correlation: countCorrelation(this.#correlation),
      shadowed: this.#gathers.reduce((sum, { shadowed }) => sum + shadowed, 0),
    };
    const ghosts = this.#ghosts();
    return {
      statistics,
      history,
      documents,
      report: { directories, totals, files: this.#gathers.map(reportOf), ghosts },
      digest: this.#digest.digest("hex"),
    };
  }

  /** The newest file that has any; where that cannot be told, all of them together, the larger of two of a name. */
  #chooseClusters(): LegacyDocument | undefined {
    const dated = this.#clusters.map((each) => ({ ...each, time: this.#dateOfPlace(each.gather.place) }));
    const filled = dated.filter(({ clusters }) => [...clusters.values()].some((members) => members.length > 0));
    const ordered = (filled.length > 0 ? filled : dated).toSorted(
      (a, b) =>
        Number(isDamaged(a.gather)) - Number(isDamaged(b.gather)) ||
        b.time - a.time ||
        rankOf(a.gather.place) - rankOf(b.gather.place),
    );
    const [newest] = ordered;
    if (newest === undefined) return undefined;
    const together = ordered.filter(
      ({ time, gather }) => time === newest.time && isDamaged(gather) === isDamaged(newest.gather),
    );
    const merged = new Map<string, readonly string[]>();
    for (const { gather, clusters } of ordered) {
      for (const [name, members] of clusters) {
        if (members.length === 0) gather.placeholders += 1;
        const isKept =
          together.some((each) => each.gather === gather) && members.length > (merged.get(name)?.length ?? -1);
        if (isKept) merged.set(name, members);
        if (isKept && members.length > 0) gather.taken += 1;
        else if (members.length > 0) gather.shadowed += 1;
      }
    }
    const { gather, time } = newest;
    return documentOf("clusters", gather, Object.fromEntries(merged), time);
  }

  /** Files without a date of their own are as old as the layout they belong to says. */
  #dateOfPlace(place: LegacyPlace): number {
    const kind = place === "metadata" ? "storage-meta" : "meta";
    const dates = (this.#documents.get(kind) ?? []).filter(
      ({ gather }) => place === "root" || place === "metadata" || gather.place === place,
    );
    return place === "root" || place === "metadata"
      ? Math.max(Number.NEGATIVE_INFINITY, ...dates.map(({ time }) => time))
      : Number.NEGATIVE_INFINITY;
  }

  #countPatterns(documents: readonly LegacyDocument[]): number {
    const patterns = documents.find(({ name }) => name === "patterns")?.content["patterns"];
    return typeof patterns === "object" && patterns !== null ? Object.keys(patterns).length : 0;
  }

  #ghosts(): string[] {
    const indexed = new Set((this.#documents.get("index") ?? []).flatMap(({ content }) => Object.keys(content)));
    const placeholder = "dummy";
    return [...indexed].filter((name) => name !== placeholder && !this.#statistics.has(name)).toSorted();
  }
}

function rankOf(place: LegacyPlace): number {
  return places.indexOf(place);
}

interface Candidate {
  readonly record: LegacyStatistics;
  readonly gather: FileGather;
}

/** By its date, then by where it stands. */
function isFresher(one: Candidate, other: Candidate): boolean {
  const difference = (one.record.updated ?? 0) - (other.record.updated ?? 0);
  return difference === 0 ? rankOf(one.gather.place) < rankOf(other.gather.place) : difference > 0;
}

function isDamaged({ findings, failure }: FileGather): boolean {
  return findings.damage.length > 0 || failure !== undefined;
}

/** When a document was written, by itself; minus infinity when it does not say. All of these are UTC without a zone. */
function dateOf(content: JsonObject): number {
  const meta = isObject(content["meta"]) ? content["meta"] : {};
  const texts = [
    meta["last_detection"],
    meta["last_update"],
    meta["timestamp"],
    content["last_update"],
    content["last_updated"],
  ];
  for (const text of texts) {
    const time = typeof text === "string" ? writtenTime(text, "utc").time : unixTime(text);
    if (time !== undefined) return time;
  }
  return Number.NEGATIVE_INFINITY;
}

function isSkeleton(kind: LegacyKind, content: JsonObject): boolean {
  const patterns = content["patterns"];
  return (
    kind === "patterns" &&
    content["current_pattern"] === null &&
    isObject(patterns) &&
    Object.keys(patterns).length === 0
  );
}

function documentOf(name: string, { label }: FileGather, content: JsonObject, time: number): LegacyDocument {
  return {
    name,
    source: label,
    content: plain(content) as Readonly<Record<string, unknown>>,
    ...(Number.isFinite(time) ? { time } : {}),
  };
}

function countClusters(clusters: LegacyDocument | undefined): { count: number; members: number } {
  const lists = Object.values(clusters?.content ?? {}) as (readonly string[])[];
  return { count: lists.length, members: lists.reduce((sum, { length }) => sum + length, 0) };
}

function countCorrelation(matrix: ReadonlyMap<string, Readonly<Record<string, number | null>>>): {
  rows: number;
  values: number;
  pairs: number;
} {
  let values = 0;
  const pairs = new Set<string>();
  for (const [name, row] of matrix) {
    for (const other of Object.keys(row)) {
      values += 1;
      pairs.add(JSON.stringify([name, other].toSorted()));
    }
  }
  return { rows: matrix.size, values, pairs: pairs.size };
}

function reportOf(gather: FileGather): LegacyFileReport {
  const { label, file, kind, findings, failure } = gather;
  const { completeMembers, membersBehindDamage, taken, shadowed, placeholders } = gather;
  return {
    path: label,
    kind,
    bytes: file.bytes,
    state: stateOf(gather),
    parses: file.type === "file" && !isDamaged(gather),
    ...{ completeMembers, membersBehindDamage, taken, shadowed, placeholders },
    notNumbers: findings.notNumbers,
    damage: findings.damage,
    ...(failure === undefined ? {} : { failure }),
  };
}

function stateOf(gather: FileGather): LegacyFileState {
  const { file, findings, failure, taken, shadowed, completeMembers, membersBehindDamage } = gather;
  if (file.type === "link" || file.type === "folder") return file.type;
  if (file.type === "other" || legacyName(file.path) === undefined) return "foreign";
  if (taken > 0) return "taken";
  if (shadowed > 0) return "shadowed";
  if (Object.keys(gather.rest).length > 0) return "reference";
  if (file.bytes === 0) return "empty";
  if (failure !== undefined || (findings.damage.length > 0 && completeMembers + membersBehindDamage === 0))
    return "unreadable";
  return "empty";
}
