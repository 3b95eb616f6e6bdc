import type { MakeContestant } from "../contestant.ts";
import { cadence } from "./cadence.ts";
import { duckdb } from "./duckdb.ts";
import { level } from "./level.ts";
import { lmdb } from "./lmdb.ts";
import { sqlite } from "./sqlite.ts";
import { hasVictoriaMetrics, victoriaMetrics } from "./victoria-metrics.ts";

/** In the order in which they are measured; the first is what the ratios are of. */
export const contestants: Readonly<Record<string, MakeContestant>> = {
  cadence: cadence("quick"),
  "cadence compacted": cadence("dense"),
  sqlite,
  level,
  lmdb,
  duckdb,
  ...(hasVictoriaMetrics() ? { "victoria-metrics": victoriaMetrics } : {}),
};

/** Has no log that is synced. */
export const withoutFsync: ReadonlySet<string> = new Set(["victoria-metrics", "cadence compacted"]);
