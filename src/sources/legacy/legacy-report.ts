import type { JsonDamage } from "./json-members.ts";
import type { LegacyKind } from "./legacy-kind.ts";

/**
 * taken: something of it is kept · shadowed: all of it stands fresher elsewhere · reference: read, and nothing of it is data · empty: a placeholder, or nothing ·
 * unreadable · link, folder, foreign: not read.
 */
export type LegacyFileState =
  | "taken"
  | "shadowed"
  | "reference"
  | "empty"
  | "unreadable"
  | "link"
  | "folder"
  | "foreign";

/** What became of one file. */
export interface LegacyFileReport {
  readonly path: string;
  readonly kind: LegacyKind;
  readonly bytes: number;
  readonly state: LegacyFileState;
  /** True when all of it is one whole JSON object. */
  readonly parses: boolean;
  /** Whole members in front of the first damage. */
  readonly completeMembers: number;
  /** Whole records that were found behind it. */
  readonly membersBehindDamage: number;
  /** Records that are kept. */
  readonly taken: number;
  /** Records of which a fresher, or the same one, stands in another file. */
  readonly shadowed: number;
  /** Skeletons and other records without data. */
  readonly placeholders: number;
  /** NaN and Infinity, read as nothing. */
  readonly notNumbers: number;
  readonly damage: readonly JsonDamage[];
  /** Why it could not be read at all. */
  readonly failure?: string;
}

export interface LegacyTotals {
  readonly entities: number;
  /** Of them, those whose key is no entity id. */
  readonly unattributed: number;
  readonly polls: number;
  readonly history: { readonly entities: number; readonly records: number };
  readonly patterns: number;
  readonly clusters: { readonly count: number; readonly members: number };
  /** `pairs` without order, over both triangles. */
  readonly correlation: { readonly rows: number; readonly values: number; readonly pairs: number };
  /** Records of which a fresher one was kept. */
  readonly shadowed: number;
}

/** What was found in a folder of the old package, file by file. */
export interface LegacyReport {
  readonly directories: readonly string[];
  readonly totals: LegacyTotals;
  readonly files: readonly LegacyFileReport[];
  /** Names in the index of which nothing is stored anywhere. */
  readonly ghosts: readonly string[];
}
