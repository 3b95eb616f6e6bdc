import { adjustedRandIndex } from "./adjusted-rand-index.ts";
import { scoreAnomalies, tolerance } from "./anomalies.ts";
import { dataFolder, evaluate, type Evaluated } from "./recording.ts";
import { type Truth, truths } from "./truths.ts";

/** One truth, and what was found of it; or a figure, of which nothing is demanded. */
export interface Row {
  readonly recording: string;
  readonly truth: string;
  readonly known: string;
  readonly found: string;
  /** Undefined for a mere figure. */
  readonly holds: boolean | undefined;
}

const correlationTolerance = 0.05;
const periodTolerance = 0.03;
const leastRandIndex = 0.9;
const leastWithinLimits = 0.9;

function rowsOf(truth: Truth, { meta, entities, findings }: Evaluated): Row[] {
  const rows: Row[] = [];
  const full = (name: string): string => `${truth.prefix}${name}`;
  const add = (text: string, known: string, found: string, holds?: boolean): void => {
    rows.push({ recording: truth.recording, truth: text, known, found, holds });
  };
  if (meta.constant_over_all_runs !== undefined) {
    const constants = [...entities.values()].filter(({ statistics }) => statistics?.kind === "constant");
    const found = new Set(constants.map(({ entity }) => entity.entityId));
    const right = meta.constant_over_all_runs.filter((entityId) => found.has(entityId)).length;
    const all = meta.constant_over_all_runs.length;
    add(
      "registers that never change",
      `${all}`,
      `${found.size}, ${right} of them right`,
      right === all && found.size === all,
    );
  }
  for (const [name, kind] of Object.entries(truth.kinds ?? {})) {
    const found = entities.get(full(name))?.statistics?.kind ?? "–";
    add(`kind of ${name}`, kind, found, found === kind);
  }
  for (const [name, kind] of Object.entries(truth.patterns ?? {})) {
    const found = entities.get(full(name))?.pattern?.kind ?? "–";
    add(`pattern of ${name}`, kind, found, found === kind);
  }
  const resolutions = Object.entries(truth.resolutions ?? {});
  const wrong = resolutions.filter(
    ([name, step]) => Math.abs((entities.get(full(name))?.statistics?.resolution ?? 0) / step - 1) > 1e-6,
  );
  if (resolutions.length > 0) {
    const named = wrong.map(([name]) => `${name} ${entities.get(full(name))?.statistics?.resolution}`).join(", ");
    add(
      "resolutions",
      `${resolutions.length}`,
      `${resolutions.length - wrong.length} right ${named}`.trim(),
      wrong.length === 0,
    );
  }
  for (const [name, said] of Object.entries(truth.disputed ?? {})) {
    add(`resolution of ${name} (said: ${said})`, "–", `${entities.get(full(name))?.statistics?.resolution}`);
  }
  for (const [a, b, r] of truth.correlations ?? []) {
    const relation = findings.relations.find(
      (each) => (each.a === full(a) && each.b === full(b)) || (each.a === full(b) && each.b === full(a)),
    );
    const found = relation === undefined ? "–" : `${relation.r.toFixed(3)}${relation.proven ? "" : " (not proven)"}`;
    add(`r of ${a}, ${b}`, r.toFixed(3), found, Math.abs((relation?.r ?? Number.NaN) - r) <= correlationTolerance);
  }
  for (const name of truth.alone ?? []) {
    const found = findings.relations.filter(({ a, b }) => a === full(name) || b === full(name)).length;
    add(`relations of ${name}`, "0", `${found}`, found === 0);
  }
  if (truth.clusters !== undefined) {
    const expected = truth.clusters.map((cluster) => cluster.map(full));
    const found = findings.clusters.map((cluster) => cluster.members);
    // What the truth does not name is alone in it; nothing is demanded of a constant, which no cluster could hold.
    const named = expected.flat();
    const live = [...entities.values()]
      .filter(({ statistics }) => statistics?.kind !== "constant")
      .map(({ entity }) => entity.entityId);
    for (const [of, items] of [
      [`the ${named.length} named`, named],
      [`all ${live.length} that change`, live],
    ] as const) {
      const index = adjustedRandIndex(items, expected, found);
      add(`clusters of ${of}, adjusted Rand index`, `≥ ${leastRandIndex}`, index.toFixed(3), index >= leastRandIndex);
    }
  }
  if (truth.identities !== undefined) rows.push(...identityRows(truth, findings, full));
  for (const [name, seconds] of Object.entries(truth.periods ?? {})) {
    const found = findings.patterns.get(full(name))?.find(({ kind }) => kind === "periodic")?.periodSeconds;
    const holds = Math.abs((found ?? 0) / seconds - 1) <= periodTolerance;
    add(`period of ${name}`, `${seconds} s`, found === undefined ? "–" : `${Math.round(found)} s`, holds);
  }
  if (truth.noPeriod !== undefined) {
    const found = truth.noPeriod.filter((name) =>
      findings.patterns.get(full(name))?.some(({ kind }) => kind === "periodic"),
    );
    add(
      `periods of ${truth.noPeriod.length} others`,
      "0",
      `${found.length} ${found.join(", ")}`.trim(),
      found.length === 0,
    );
  }
  return rows;
}

function identityRows(truth: Truth, { identities }: Evaluated["findings"], full: (name: string) => string): Row[] {
  const keyOf = (names: readonly string[]): string => names.toSorted().join(" ");
  const found = identities.map(({ entityId, terms }) => keyOf([entityId, ...terms]));
  const named = (truth.identities ?? []).map((names) => keyOf(names.map(full)));
  const allowed = new Set([...named, ...(truth.also ?? []).map((names) => keyOf(names.map(full)))]);
  const right = named.filter((key) => found.includes(key)).length;
  const false_ = found.filter((key) => !allowed.has(key));
  return [
    {
      recording: truth.recording,
      truth: "identities",
      known: `${named.length}, none false`,
      found: `${right}, ${false_.length} false ${false_.join("; ")}`.trim(),
      holds: right === named.length && false_.length === 0,
    },
  ];
}

/**
 * The rate is λ = −ln(1 − p)/T, with p the share of the reads that differ and T the time between them. Of recordings that were read row by
 * row p is known; T is what the truth says, else what was found.
 */
function rateRow({ recording, prefix, intervals = {} }: Truth, { meta, entities }: Evaluated): Row {
  const outside: string[] = [];
  let counted = 0;
  for (const [entityId, { samples, changes, unavailable = 0 }] of Object.entries(meta.channels)) {
    const rate = entities.get(entityId)?.statistics?.changeRate;
    if (rate === undefined || samples < 2) continue;
    const share = Math.max(0, changes - 1 - 2 * unavailable) / samples;
    const found = (Math.log((rate.polls + 0.5) / (rate.polls - rate.changes + 0.5)) / rate.perHour) * 3_600;
    const seconds = intervals[entityId.slice(prefix.length)] ?? found;
    const known = share === 0 ? 0 : (-Math.log(1 - share) / seconds) * 3_600;
    counted += 1;
    if (known < rate.lowPerHour || known > rate.highPerHour) {
      const limits = `${rate.lowPerHour.toPrecision(4)} to ${rate.highPerHour.toPrecision(4)}`;
      outside.push(`${entityId} ${known.toPrecision(4)} not in ${limits} an hour`);
    }
  }
  const within = counted - outside.length;
  return {
    recording,
    truth: "change rates within their 95 % limits",
    known: `≥ ${leastWithinLimits * 100} %`,
    found: [`${within} of ${counted}`, ...outside].join("; "),
    holds: within >= counted * leastWithinLimits,
  };
}

/** Every truth of every recording that is there; `tell` hears of the progress, and of those that are not. */
export async function compareAll(tell: (line: string) => void): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const truth of truths) {
    const evaluated = await evaluate(truth.recording, truth.file);
    if (evaluated === undefined) {
      tell(`Left out: ${truth.recording} is not in ${dataFolder}/series (CADENCE_DATA).`);
      continue;
    }
    tell(`${truth.recording}: ${evaluated.samples} samples, ${evaluated.seconds.toFixed(1)} s`);
    rows.push(...rowsOf(truth, evaluated));
    // The counts of the others are of the whole recording, not of this part.
    if (truth.file === undefined) rows.push(rateRow(truth, evaluated));
  }
  const anomalies = scoreAnomalies();
  if (anomalies !== undefined) {
    const { runs, labelled, found, precision, recall, chance } = anomalies;
    rows.push({
      recording: "skab-water-pump",
      truth: `labelled changes in ${runs} runs (to ${tolerance / 1_000} s; a yardstick)`,
      known: `${labelled}`,
      found: `${found}, precision ${precision.toFixed(2)} (chance ${chance.toFixed(2)}), recall ${recall.toFixed(2)}`,
      holds: undefined,
    });
  }
  return rows;
}
