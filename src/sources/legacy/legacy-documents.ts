import type { JsonObject } from "./json-reader.ts";
import { type FileGather, isDamaged, rankOf } from "./legacy-gather.ts";
import type { LegacyKind, LegacyPlace } from "./legacy-kind.ts";
import { plain } from "./legacy-record.ts";
import type { LegacyTotals } from "./legacy-report.ts";
import { documentKind, isObject, isOfKind } from "./legacy-shapes.ts";
import { unixTime, writtenTime } from "./written-time.ts";

/** A file of one object, or what of it is no record of an entity. */
export interface LegacyDocument {
  /** `patterns`, `clusters`, `adaptive-parameters` …; `other: PATH` for what is not known. */
  readonly name: string;
  readonly source: string;
  /** When it was written, ms since 1970, where that is told. */
  readonly time?: number;
  readonly content: Readonly<Record<string, unknown>>;
}

export type CorrelationRow = Readonly<Record<string, number | null>>;

/** What belongs to no single entity, out of many files: of each kind the newest. */
export class LegacyDocuments {
  readonly #clusters: { gather: FileGather; clusters: ReadonlyMap<string, readonly string[]> }[] = [];
  readonly #correlation = new Map<string, Record<string, number | null>>();
  readonly #documents = new Map<LegacyKind, { gather: FileGather; content: JsonObject; time: number }[]>();
  readonly #other: { gather: FileGather; content: JsonObject }[] = [];

  /** Of one file. */
  takeClusters(gather: FileGather, clusters: ReadonlyMap<string, readonly string[]>): void {
    if (clusters.size > 0) this.#clusters.push({ gather, clusters });
  }

  takeCorrelation(gather: FileGather, name: string, row: CorrelationRow): void {
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
  takeRest(gather: FileGather): void {
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

  /** Names in the indexes. */
  get indexed(): ReadonlySet<string> {
    return new Set((this.#documents.get("index") ?? []).flatMap(({ content }) => Object.keys(content)));
  }

  /** Chooses, and counts in the files what became of theirs. Once. */
  finish(): { documents: LegacyDocument[]; totals: Pick<LegacyTotals, "patterns" | "clusters" | "correlation"> } {
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
    const totals = {
      patterns: countPatterns(documents),
      clusters: countClusters(clusters),
      correlation: countCorrelation(this.#correlation),
    };
    return { documents, totals };
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
    if (place !== "root" && place !== "metadata") return Number.NEGATIVE_INFINITY;
    const dates = (this.#documents.get(kind) ?? []).map(({ time }) => time);
    return Math.max(Number.NEGATIVE_INFINITY, ...dates);
  }
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

function countPatterns(documents: readonly LegacyDocument[]): number {
  const patterns = documents.find(({ name }) => name === "patterns")?.content["patterns"];
  return typeof patterns === "object" && patterns !== null ? Object.keys(patterns).length : 0;
}

function countClusters(clusters: LegacyDocument | undefined): { count: number; members: number } {
  const lists = Object.values(clusters?.content ?? {}) as (readonly string[])[];
  return { count: lists.length, members: lists.reduce((sum, { length }) => sum + length, 0) };
}

function countCorrelation(matrix: ReadonlyMap<string, CorrelationRow>): {
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
