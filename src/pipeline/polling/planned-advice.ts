import type { Advice } from "#model/advice.ts";
import type { PlanGain } from "#model/plan-gain.ts";
import { nearestStep, stepUp } from "./ladder.ts";
import type { PlannedInterval } from "./plan.ts";

export interface PlannedAdviceOptions {
  readonly gain: PlanGain;
  /** Seconds the bus is busy for one read. */
  readonly serviceSeconds: number;
  /** The present reads over those that the bus should carry; 1 and less: none too many. */
  readonly excess: number;
}

/** What to do with an entity that a plan was made for: as planned, where the plan is proven; else nothing, unless the bus is asked for too much. */
export function plannedAdvice(
  planned: PlannedInterval,
  { gain, serviceSeconds, excess }: PlannedAdviceOptions,
): Advice {
  const { entityId, present, loss, lossAfter } = planned;
  const now = nearestStep(present);
  const [recommended, reason] = ((): readonly [number, string] => {
    if (gain.isProven) return [planned.proposed === present ? now : planned.proposed, planned.reason];
    if (excess > 1)
      return [
        stepUp(present * excess),
        "The bus is over its budget: all are read less often, as nothing better is proven.",
      ];
    return [now, "Fine as it is: no other interval was better with confidence."];
  })();
  const action = recommended > now ? "slower" : recommended < now ? "faster" : "keep";
  const share = serviceSeconds / present;
  return {
    entityId,
    action,
    present,
    recommended,
    reason,
    share,
    shareAfter: action === "keep" ? share : serviceSeconds / recommended,
    ...(loss === undefined ? {} : { loss }),
    ...(loss === undefined ? {} : { lossAfter: gain.isProven ? (lossAfter ?? loss) : loss }),
  };
}

/** Of an entity that the drive reads, every `present` seconds. */
export function drivenAdvice(entityId: string, present: number, serviceSeconds: number): Advice {
  const share = serviceSeconds / present;
  return {
    entityId,
    action: "keep",
    present,
    reason: "Read by the drive when it is worth it.",
    share,
    shareAfter: share,
  };
}

/** What a plan gains, in a sentence for the owner of the house. */
export function planSentence({ isProven, low, loss, lossAfter, readsAfter }: PlanGain): string {
  if (!isProven) return "Your intervals are fine: no plan was better with confidence.";
  const percent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`;
  const instead = `off by ${percent(lossAfter)} of their range instead of ${percent(loss)}, tested on values it had not seen`;
  return low > 0
    ? `With the plan values are ${instead}.`
    : `The plan gets by with ${Math.round((1 - readsAfter) * 100)} % fewer reads; values are ${instead}.`;
}
