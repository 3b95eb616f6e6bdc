import type { IntervalCosts } from "#model/entity-detail.ts";
import { ladder } from "./ladder.ts";
import { longestPlanned, lossByInterval, lossIn, type PlanInput, readsToLearn } from "./plan.ts";
import { StructureFunction } from "./structure-function.ts";

/** What an entity loses with each interval that a plan may give it; undefined while too little was seen. `serviceSeconds`: what a read takes of its bus. */
export function intervalCosts({ reads, ...input }: PlanInput, serviceSeconds: number): IntervalCosts | undefined {
  const values = Float64Array.from(reads, ({ value }) => value);
  if (values.filter((value) => !Number.isNaN(value)).length < readsToLearn) return undefined;
  const loss = lossIn(input, values);
  const structure = new StructureFunction();
  for (const { tick, value } of reads) structure.add(tick, value, loss);
  const lossFor = lossByInterval(structure);
  return {
    objective: input.tolerance === undefined ? input.objective : "staleness",
    reads: reads.length,
    isNoise: structure.isFlat(input.present),
    points: ladder
      .filter((seconds) => seconds <= longestPlanned)
      .map((seconds) => ({ seconds, loss: lossFor(seconds), share: serviceSeconds / seconds })),
  };
}
