import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findOut } from "../../src/app/analysis.ts";
import { Knowledge } from "../../src/app/knowledge.ts";
import { normalize } from "../../src/ingest/normalize.ts";
import type { EntityOverview } from "../../src/model/overview.ts";
import type { Findings } from "../../src/model/findings.ts";
import { openSource } from "../../src/sources/open-source.ts";

/** Where the recordings lie: `CADENCE_DATA`, else beside the project. */
export const dataFolder: string =
  process.env["CADENCE_DATA"] ?? join(import.meta.dirname, "..", "..", "..", "shared", "data");

export interface Channel {
  /** Reads. */
  readonly samples: number;
  /** Of the text, the first one and those to and from `unavailable` too. */
  readonly changes: number;
  readonly unavailable?: number;
}

/** What was measured on a recording by whoever recorded it. */
export interface Meta {
  readonly channels: Readonly<Record<string, Channel>>;
  readonly constant_over_all_runs?: readonly string[];
}

export interface Evaluated {
  readonly meta: Meta;
  readonly entities: ReadonlyMap<string, EntityOverview>;
  readonly findings: Findings;
  readonly samples: number;
  readonly seconds: number;
}

/** Learns a recording as the daemon would, and finds out what follows. Undefined where it is not there. */
export async function evaluate(name: string, file = "series.csv.gz"): Promise<Evaluated | undefined> {
  const folder = join(dataFolder, "series", name);
  if (!existsSync(join(folder, file))) return undefined;
  const meta = JSON.parse(readFileSync(join(folder, "meta.json"), "utf8")) as Meta;
  const knowledge = new Knowledge();
  const source = await openSource(join(folder, file));
  const begun = performance.now();
  let samples = 0;
  let newest = 0;
  const seen = new Set<string>();
  for await (const batch of source.read()) {
    const readings = batch.samples.map(normalize).filter((reading) => reading !== undefined);
    knowledge.learn(readings);
    for (const { entityId, time } of readings) {
      seen.add(entityId);
      newest = Math.max(newest, time);
    }
    samples += readings.length;
  }
  knowledge.setEntities([...seen].map((entityId) => ({ entityId, integration: "files", name: entityId })));
  const findings = await findOut({ clusters: { get: () => Promise.resolve([]) } }, knowledge, newest);
  if (findings === undefined) throw new Error("Cancelled by nobody.");
  const { entities } = knowledge.describe(newest, 1);
  return {
    meta,
    entities: new Map(entities.map((overview) => [overview.entity.entityId, overview])),
    findings,
    samples,
    seconds: (performance.now() - begun) / 1_000,
  };
}
