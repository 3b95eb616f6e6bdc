import type { JsonFindings } from "./json-members.ts";
import type { JsonValue } from "./json-reader.ts";
import type { LegacyFile } from "./legacy-files.ts";
import { type LegacyKind, legacyName, type LegacyPlace, places } from "./legacy-kind.ts";
import type { LegacyFileReport, LegacyFileState } from "./legacy-report.ts";

/** Records of one file, gathered while it is read. */
export interface FileGather {
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

/** Nothing of it yet. */
export function gatherOf(file: LegacyFile, label: string): FileGather {
  const name = legacyName(file.path);
  return {
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
}

/** The lower, the more it counts among records of one age. */
export function rankOf(place: LegacyPlace): number {
  return places.indexOf(place);
}

export function isDamaged({ findings, failure }: FileGather): boolean {
  return findings.damage.length > 0 || failure !== undefined;
}

export function reportOf(gather: FileGather): LegacyFileReport {
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
