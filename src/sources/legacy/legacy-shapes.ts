import type { JsonObject, JsonValue } from "./json-reader.ts";
import type { LegacyKind } from "./legacy-kind.ts";

/** One of these is in every record of an entity, and not in what stands inside one. */
const statisticsKeys = [
  "insufficient_data",
  "poll_count",
  "last_stats_update",
  "value_changes",
  "wasted_polls",
  "recent_values",
  "polls_per_hour",
  "recommended_scan_interval",
];
/** Parts of a record that look like one. */
const insideStatistics = new Set(["interval_stats", "interval_metrics", "integrated_insights"]);

/** Keys by which a file of one object is known; those of `meta` are in others, too. */
const documents: readonly (readonly [LegacyKind, readonly string[]])[] = [
  ["patterns", ["patterns", "current_pattern", "pattern_transition_time"]],
  ["storage-meta", ["chunk_size", "max_chunk_size_kb", "last_compaction", "migrated_from", "migration_time"]],
  ["adaptive-parameters", ["profiles", "active_profile", "parameter_constraints", "parameter_history"]],
  ["pattern-correlations", ["pattern_correlations", "cluster_patterns"]],
  ["interval-settings", ["settings", "entities"]],
  ["meta", ["files", "created", "last_update"]],
];

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isStatistics(key: string, value: JsonValue): value is JsonObject {
  return isObject(value) && !insideStatistics.has(key) && statisticsKeys.some((name) => name in value);
}

/** A list of decisions about an interval, or an object that holds one; an empty list is none. */
export function isHistory(value: JsonValue): boolean {
  const list = historyList(value);
  return list !== undefined && list.length > 0 && isObject(list[0]) && "timestamp" in list[0] && "interval" in list[0];
}

export function historyList(value: JsonValue): readonly JsonValue[] | undefined {
  if (Array.isArray(value)) return value as readonly JsonValue[];
  const inner = isObject(value) ? value["history"] : undefined;
  return Array.isArray(inner) ? (inner as readonly JsonValue[]) : undefined;
}

function isCluster(value: JsonValue): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((member) => typeof member === "string");
}

/** Correlations of one entity with others. */
function isCorrelationRow(value: JsonValue): value is Readonly<Record<string, number | null>> {
  if (!isObject(value)) return false;
  const cells = Object.values(value);
  // NaN comes as null.
  return cells.length > 0 && cells.every((cell) => cell === null || (typeof cell === "number" && Math.abs(cell) <= 1));
}

/** What a member is by itself, when it is not what the name of its file promises; `unknown` when that cannot be told. */
export function shapeOf(key: string, value: JsonValue): LegacyKind {
  if (isStatistics(key, value)) return "statistics";
  if (isHistory(value)) return "history";
  if (isCluster(value)) return "clusters";
  return isObject(value) && key.includes(".") && isCorrelationRow(value) ? "correlation" : "unknown";
}

/** True when a member is what its file should hold. */
export function isOfKind(kind: LegacyKind, key: string, value: JsonValue): boolean {
  if (kind === "statistics") return isStatistics(key, value) || (isObject(value) && Object.keys(value).length === 0);
  if (kind === "history") return isHistory(value) || historyList(value)?.length === 0;
  if (kind === "clusters") return isCluster(value) || (Array.isArray(value) && value.length === 0);
  if (kind === "correlation") return isCorrelationRow(value) || (isObject(value) && Object.keys(value).length === 0);
  if (kind === "index") return typeof value === "string" || typeof value === "number";
  return documents.some(([name, keys]) => name === kind && (keys.includes(key) || key === "meta" || key === "version"));
}

/** True for what behind a damage can only be a member of a file of this kind, and not a part of one. */
export function isRecordOf(kind: LegacyKind, key: string, value: JsonValue): boolean {
  if (kind === "clusters" && isCluster(value)) return true;
  if (kind === "correlation" && isCorrelationRow(value)) return true;
  return isStatistics(key, value) || (key !== "history" && isHistory(value));
}

/** Which file an object is, by its keys. */
export function documentKind(object: JsonObject): LegacyKind {
  return documents.find(([, keys]) => keys.some((key) => key in object))?.[0] ?? "unknown";
}
