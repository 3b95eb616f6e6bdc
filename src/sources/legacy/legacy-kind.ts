/** What a file of the old package holds. `unknown`: that is told by its content. */
export type LegacyKind =
  | "statistics"
  | "history"
  | "clusters"
  | "correlation"
  | "patterns"
  | "meta"
  | "storage-meta"
  | "index"
  | "adaptive-parameters"
  | "interval-settings"
  | "pattern-correlations"
  | "unknown";

/** Where a file stands; of records of the same time the first counts. */
export const places = ["root", "metadata", "temporary", "chunk", "copy", "archive", "backup"] as const;
export type LegacyPlace = (typeof places)[number];

export interface LegacyName {
  readonly kind: LegacyKind;
  readonly place: LegacyPlace;
}

const kinds: Readonly<Record<string, LegacyKind>> = {
  entity_stats: "statistics",
  interval_history: "history",
  clusters: "clusters",
  correlation_matrix: "correlation",
  patterns: "patterns",
  meta: "meta",
  storage_meta: "storage-meta",
  entity_index: "index",
  adaptive_parameters: "adaptive-parameters",
  advanced_interval_data: "interval-settings",
  pattern_correlation_data: "pattern-correlations",
};

const ending = /\.(?:json|tmp|bak|gz)$/;

/** What the name of a file says (`/` between folders); undefined for one that the old package does not write. */
export function legacyName(path: string): LegacyName | undefined {
  const folders = path.split("/");
  const file = folders.pop() as string;
  if (!ending.test(file)) return undefined;
  let stem = file;
  while (ending.test(stem)) stem = stem.replace(ending, "");
  // `archives/old_archives/20250807_entity_stats_0`, `entity_stats_0`.
  const name = stem.replace(/^\d{8}_/, "").replace(/^(entity_stats)_\d+$/, "$1");
  const inChunks = folders.includes("chunks");
  const kind = inChunks ? "statistics" : (kinds[name] ?? "unknown");
  if (folders.some((folder) => folder.startsWith("backup_"))) return { kind, place: "backup" };
  if (folders.includes("archives")) return { kind, place: "archive" };
  if (file.includes(".bak")) return { kind, place: "copy" };
  if (file.includes(".tmp")) return { kind, place: "temporary" };
  if (inChunks) return { kind, place: "chunk" };
  return { kind, place: folders[0] === "metadata" ? "metadata" : "root" };
}
