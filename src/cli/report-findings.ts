import { formatDuration } from "#core/duration.ts";
import type { Findings } from "#model/findings.ts";
import { formulaOf } from "#model/identity.ts";
import type { OperatingMode } from "#model/operating-mode.ts";
import type { PatternKind } from "#model/pattern.ts";
import type { Relation } from "#model/relation.ts";
import { count, percent } from "./format.ts";
import { type Column, formatTable } from "./table.ts";

/** Lines of each section; what is left out is counted. */
const mostLines = 12;

const mostNames = 3;
const mostTransitions = 4;
/** ms; changes as near to each other are one event. */
const sameTime = 600_000;

/** Most useful first: what is broken, what repeats, what changed. The others stand in the table of entities. */
const telling: readonly PatternKind[] = [
  "stuck",
  "periodic",
  "level-change",
  "rate-change",
  "night-quiet",
  "drift",
  "burst",
];

/** The findings for people: a section for each sort of them, none that is empty. */
export function findingLines(findings: Findings, width: number): string[] {
  return [
    ...section("Need not be read, for they can be computed", identityLines(findings)),
    ...section("Move together", clusterLines(findings, width)),
    ...section("Go together", relationLines(findings, width)),
    ...section("Ways the site runs", modeLines(findings, width)),
    ...section("Worth knowing", patternLines(findings)),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines.map((line) => `  ${line}`)];
}

function identityLines({ identities }: Findings): string[] {
  return limited(identities.map((identity) => formulaOf(identity, objectId)));
}

function clusterLines({ clusters }: Findings, width: number): string[] {
  return limited(
    clusters.map(({ name, members, weakest }) => {
      const line = `${name} (${members.length}, r ≥ ${weakest.toFixed(2)}): ${members.map(objectId).join(", ")}`;
      return line.length > width - 2 ? `${line.slice(0, width - 3)}…` : line;
    }),
  );
}

/** What is no more than an identity, or a member of the same cluster, says nothing new. */
function relationLines({ relations, identities, clusters }: Findings, width: number): string[] {
  const said = new Set(
    identities.flatMap(({ entityId, terms }) =>
      terms.flatMap((term) => [`${entityId} ${term}`, `${term} ${entityId}`]),
    ),
  );
  const clusterOf = new Map(clusters.flatMap(({ id, members }) => members.map((member) => [member, id])));
  const news = relations.filter(
    ({ a, b, proven }) =>
      proven && !said.has(`${a} ${b}`) && (clusterOf.get(a) === undefined || clusterOf.get(a) !== clusterOf.get(b)),
  );
  const shown = formatTable(news.slice(0, mostLines), relationColumns, width - 2);
  return news.length === 0 ? [] : [...shown, ...rest(news.length)];
}

const relationColumns: readonly Column<Relation>[] = [
  { title: "Entity", flexible: true, value: ({ a }) => objectId(a) },
  { title: "and", flexible: true, value: ({ b }) => objectId(b) },
  { title: "r", align: "right", value: ({ r }) => r.toFixed(2) },
  { title: "Changes", align: "right", value: ({ change }) => change.toFixed(2) },
  {
    title: "Follows after",
    align: "right",
    value: ({ lagSeconds }) => (lagSeconds === 0 ? "–" : formatDuration(lagSeconds * 1_000, 2)),
  },
  { title: "Worth rows", align: "right", value: ({ effective }) => count(Math.round(effective)) },
];

function modeLines({ modes: found }: Findings, width: number): string[] {
  if (found === undefined) return [];
  const { modes, transitions, now } = found;
  const lines = formatTable(
    modes.map((mode, index) => ({ ...mode, isNow: index === now })),
    modeColumns,
    width - 2,
  );
  const common = transitions.slice(0, mostTransitions).map(({ from, to, count: times }) => {
    const of = (index: number): string => modes[index]?.name ?? "";
    return `${of(from)} → ${of(to)}: ${times === 1 ? "once" : `${count(times)} times`}`;
  });
  return [...lines, ...common];
}

const modeColumns: readonly Column<OperatingMode & { readonly isNow: boolean }>[] = [
  { title: "Mode", flexible: true, value: ({ name, isNow }) => (isNow ? `${name} (now)` : name) },
  { title: "Time", align: "right", value: ({ share }) => percent(share) },
  { title: "Visits", align: "right", value: ({ visits }) => count(visits) },
  { title: "Usually for", align: "right", value: ({ seconds }) => formatDuration(seconds * 1_000, 2) },
  {
    title: "Typical",
    flexible: true,
    value: ({ typical }) =>
      typical.map(({ entityId, mean }) => `${objectId(entityId)} ${Number(mean.toPrecision(3))}`).join(", ") || "–",
  },
];

/** Those that do the same at the same time share a line. */
function patternLines({ patterns }: Findings): string[] {
  const groups = new Map<string, { readonly kind: PatternKind; readonly sentence: string; readonly ids: string[] }>();
  for (const [entityId, each] of patterns) {
    for (const { kind, sentence, at } of each) {
      if (!telling.includes(kind)) continue;
      const key = at === undefined ? `${kind} ${sentence}` : `${kind} ${Math.round(at / sameTime)}`;
      const group = groups.get(key) ?? { kind, sentence, ids: [] };
      group.ids.push(objectId(entityId));
      groups.set(key, group);
    }
  }
  const ranked = [...groups.values()].toSorted(
    (a, b) => telling.indexOf(a.kind) - telling.indexOf(b.kind) || b.ids.length - a.ids.length,
  );
  return limited(ranked.map(({ ids, sentence }) => `${several(ids)}: ${sentence}`));
}

/** The first few by name. */
function several(ids: readonly string[]): string {
  const shown = ids.slice(0, mostNames).join(", ");
  return ids.length > mostNames ? `${shown} and ${ids.length - mostNames} more` : shown;
}

function limited(lines: readonly string[]): string[] {
  return [...lines.slice(0, mostLines), ...rest(lines.length)];
}

function rest(all: number): string[] {
  return all > mostLines ? [`… and ${count(all - mostLines)} more (--json)`] : [];
}

function objectId(entityId: string): string {
  return entityId.slice(entityId.indexOf(".") + 1);
}
