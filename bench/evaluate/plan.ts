import { existsSync } from "node:fs";
import { join } from "node:path";
import { randomNumbers, readRecording } from "../../src/app/simulate.ts";
import { backTest, type PolicyName, policyNames } from "../../src/pipeline/polling/back-test.ts";
import type { Objective } from "../../src/pipeline/polling/loss.ts";
import { polledGrid } from "../../src/pipeline/polling/polled-grid.ts";
import { dataFolder } from "./recording.ts";

/** Recordings whose grid is known; of the others values are pushed, or hardly change. */
const recordings: readonly { readonly name: string; readonly file?: string; readonly tick: number }[] = [
  { name: "skab-water-pump", file: "polled.csv.gz", tick: 1 },
  { name: "keti-room510-5s", tick: 5 },
  { name: "pv-sandia-1min", tick: 60 },
  { name: "office-occupancy-1min", tick: 60 },
  { name: "meter-3phase-22s", tick: 22 },
  { name: "vfd-v20-modbus", tick: 1 },
];
/** Uniform reading whose load every policy may use, in ticks. */
const uniforms = [2, 3, 6, 12, 60] as const;
const objectives: readonly Objective[] = ["error", "staleness"];

export interface PlanCase {
  readonly recording: string;
  readonly objective: Objective;
  /** Ticks. */
  readonly uniform: number;
  readonly loss: Readonly<Record<PolicyName, number>>;
  readonly load: Readonly<Record<PolicyName, number>>;
  readonly gainShare: Readonly<Partial<Record<PolicyName, number>>>;
  /** Share by which the loss is greater than that of uniform reading. */
  readonly worse: Readonly<Record<PolicyName, number>>;
}

const byName = <Value>(of: (name: PolicyName) => Value): Record<PolicyName, Value> =>
  Object.fromEntries(policyNames.map((name) => [name, of(name)])) as Record<PolicyName, Value>;

/** Every recording that is there, objective and load; `tell` hears of the progress. */
export async function evaluatePlans(
  tell: (line: string) => void,
  only: (recording: string) => boolean = () => true,
): Promise<readonly PlanCase[]> {
  const cases: PlanCase[] = [];
  for (const { name, file = "series.csv.gz", tick } of recordings.filter((each) => only(each.name))) {
    const path = join(dataFolder, "series", name, file);
    if (!existsSync(path)) {
      tell(`Left out: ${name} is not in ${dataFolder}/series (CADENCE_DATA).`);
      continue;
    }
    const { columns = [] } = polledGrid(await readRecording(path), tick) ?? {};
    const begun = performance.now();
    for (const objective of objectives) {
      for (const uniform of uniforms) {
        const work = backTest({ columns, uniform, objective }, randomNumbers(1));
        let next = work.next();
        while (next.done !== true) next = work.next();
        const { policies, gainShare } = next.value;
        const of = (policy: PolicyName) => policies.find((each) => each.name === policy)!;
        cases.push({
          recording: name,
          objective,
          uniform,
          loss: byName((policy) => of(policy)[objective]),
          load: byName((policy) => of(policy).load),
          gainShare,
          worse: byName((policy) => of(policy).against.mean),
        });
      }
    }
    tell(
      `${name}: ${columns.length} signals, ${columns[0]?.length ?? 0} rows, ${((performance.now() - begun) / 1_000).toFixed(1)} s`,
    );
  }
  return cases;
}

/** Median over all cases of the share of the clairvoyant's gain. */
export function medianGain(cases: readonly PlanCase[], objective: Objective, policy: PolicyName): number {
  const shares = cases
    .filter((each) => each.objective === objective)
    .map(({ gainShare }) => gainShare[policy])
    .filter((share) => share !== undefined)
    .toSorted((a, b) => a - b);
  const middle = shares.length / 2;
  return ((shares[Math.ceil(middle) - 1] ?? Number.NaN) + (shares[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** The table for people. */
export function planLines(cases: readonly PlanCase[]): string[] {
  const lines: string[] = [];
  const cell = (text: string): string => text.padStart(16);
  for (const objective of objectives) {
    lines.push(
      `Mean ${objective} (share of the clairvoyant's gain over uniform), at the load of reading all every so many ticks; mean gap / 3 at its own load`,
    );
    lines.push(`${"".padEnd(27)}${policyNames.map(cell).join("")}`);
    for (const each of cases.filter((one) => one.objective === objective)) {
      const cells = policyNames.map((name) => {
        const share = each.gainShare[name];
        const note =
          name === "mean gap / 3"
            ? `×${each.load[name].toFixed(1)}`
            : share === undefined || name === "uniform"
              ? ""
              : share.toFixed(2);
        return cell(`${each.loss[name].toFixed(4)}${note === "" ? "" : ` ${note}`}`);
      });
      lines.push(`${each.recording.padEnd(24)}${String(each.uniform).padStart(3)}${cells.join("")}`);
    }
    lines.push("");
  }
  for (const objective of objectives) {
    const medians = (["proportional", "square root", "plan", "drive"] as const).map(
      (name) => `${name} ${medianGain(cases, objective, name).toFixed(2)}`,
    );
    lines.push(`Median share of the clairvoyant's gain in ${objective}: ${medians.join(", ")}.`);
  }
  for (const name of ["plan", "drive"] as const) {
    const worst = cases.toSorted((a, b) => b.worse[name] - a.worse[name])[0];
    if (worst === undefined) continue;
    const more = cases.filter(({ worse }) => worse[name] > 0.02).length;
    lines.push(
      `${name}: more than 2 % worse than uniform in ${more} of ${cases.length} cases; at the worst ${(worst.worse[name] * 100).toFixed(1)} % (${worst.recording}, ${worst.objective}, ${worst.uniform}).`,
    );
  }
  return lines;
}
