import { describe, expect, it } from "vitest";
import { planLearned, learnReads, type PlanInput } from "#pipeline/polling/plan.ts";
import { drivenAdvice, plannedAdvice, planSentence } from "#pipeline/polling/planned-advice.ts";
import { holdOut, walkForward, worthNoRead } from "#pipeline/polling/walk-forward.ts";
import { seeded } from "../../support/random.ts";
import { autoregressive } from "../../support/signals.ts";

const present = 10;
const count = 4_000;
const seen = (entityId: string, values: readonly number[], more: Partial<PlanInput> = {}): PlanInput => ({
  entityId,
  present,
  objective: "error",
  reads: values.map((value, index) => ({ tick: index * present, value })),
  ...more,
});
const walk = (seed: number, name = `sensor.walk_${seed}`): PlanInput => seen(name, autoregressive(0.999, count, seed));
const noise = (seed: number): PlanInput => seen(`sensor.noise_${seed}`, autoregressive(0, count, seed));
const constant = (index: number): PlanInput => seen(`sensor.constant_${index}`, Array<number>(count).fill(index));

function judge(inputs: readonly PlanInput[], budget = inputs.length / present, spare = 0) {
  const stretch = Math.max(1, inputs.length / present / budget);
  const held = inputs.map((input) => holdOut(input, present * stretch)).filter((each) => each !== undefined);
  return walkForward(held, budget, spare);
}

describe("a plan judged on what it had not seen", () => {
  it("is better with confidence where constants and noise pay for what moves", () => {
    const gain = judge([walk(1), walk(2), constant(1), constant(2), constant(3), noise(1), noise(2)]);
    expect(gain?.isProven).toBe(true);
    expect(gain?.low).toBeGreaterThan(0);
    expect(gain?.low).toBeLessThanOrEqual(gain?.spared ?? 0);
    expect(gain?.lossAfter).toBeLessThan(gain?.loss ?? 0);
    expect(planSentence(gain!)).toMatch(/^With the plan values are off by [\d.]+ % of their range instead of [\d.]+ %/);
  });

  it("is as good with fewer reads where nothing is left to gain, and says how many fewer", () => {
    const gain = judge([constant(1), constant(2), noise(1), noise(2), noise(3)], undefined, worthNoRead);
    expect(gain).toMatchObject({ isProven: true });
    expect(gain?.readsAfter).toBeLessThan(0.5);
    expect(planSentence(gain!)).toMatch(/^The plan gets by with \d\d % fewer reads; values are off by /);
  });

  it("is not advised where all are alike", () => {
    const gain = judge([walk(1), walk(2), walk(3), walk(4)]);
    expect(gain?.isProven).toBe(false);
    expect(planSentence(gain!)).toBe("Your intervals are fine: no plan was better with confidence.");
  });

  it("is not advised when what it learned does not come again", () => {
    // Those that rested in the first half move in the second, and the other way round.
    const swapped = (first: PlanInput, second: PlanInput): PlanInput => ({
      ...first,
      reads: first.reads.map((read, index) => (index < count / 2 ? read : (second.reads[index] as typeof read))),
    });
    const inputs = [
      ...[1, 2, 3].map((seed) => swapped(walk(seed), constant(seed))),
      ...[4, 5, 6].map((seed) => swapped(constant(seed), walk(seed, ""))),
    ];
    const gain = judge(inputs);
    expect(gain?.spared).toBeLessThan(0);
    expect(gain?.isProven).toBe(false);
  });

  it("is not advised when a quarter of the day pays for the others", () => {
    const minute = 60;
    const random = seeded(5);
    /** Flips between 0 and 1 while it is awake. */
    const flipping = (entityId: string, chance: number, isAwake: (tick: number) => boolean): PlanInput => {
      let value = 0;
      const reads = Array.from({ length: 5 * 1_440 }, (_, index) => {
        const tick = index * minute;
        if (isAwake(tick) && random() < chance) value = 1 - value;
        return { tick, value };
      });
      return { entityId, present: minute, objective: "error", reads };
    };
    const inputs = [
      ...[1, 2, 3, 4, 5, 6].map((index) => flipping(`sensor.early_${index}`, 0.05, (tick) => tick % 86_400 < 21_600)),
      ...[1, 2].map((index) => flipping(`sensor.late_${index}`, 0.3, (tick) => tick % 86_400 >= 21_600)),
    ];
    const held = inputs.map((input) => holdOut(input, minute)!);
    const gain = walkForward(held, inputs.length / minute)!;
    expect(gain.low).toBeGreaterThan(0);
    expect(gain.isProven).toBe(false);
  });

  it("says nothing of too few reads, nor of what can be computed", () => {
    expect(holdOut({ ...walk(1), reads: walk(1).reads.slice(0, 100) }, present)).toBeUndefined();
    expect(holdOut({ ...walk(1), formula: "a = b" }, present)).toBeUndefined();
    expect(walkForward([], 1)).toBeUndefined();
  });
});

describe("a plan made again", () => {
  const learned = [walk(1), walk(2), constant(1), noise(1)].map(learnReads);
  const budget = 0.4;
  const planned = (previous?: ReadonlyMap<string, number>) =>
    new Map(
      planLearned(learned, budget, { spare: 0.002, ...(previous === undefined ? {} : { previous }) }).map(
        ({ entityId, proposed }) => [entityId, proposed],
      ),
    );

  it("stays as it was while another one would hardly be better", () => {
    const best = planned();
    expect(planned(best)).toEqual(best);
    const swapped = new Map(best)
      .set("sensor.walk_1", best.get("sensor.walk_2")!)
      .set("sensor.walk_2", best.get("sensor.walk_1")!);
    expect(planned(swapped)).toEqual(swapped);
  });

  it("is another one where it would be better, or takes more than there is", () => {
    const best = planned();
    expect(planned(new Map(best).set("sensor.walk_1", 60).set("sensor.walk_2", 60))).toEqual(best);
    expect(planned(new Map(best).set("sensor.walk_1", 2).set("sensor.walk_2", 2))).toEqual(best);
    expect(planned(new Map([["sensor.walk_1", 10]]))).toEqual(best);
  });
});

describe("advice from a plan", () => {
  const gain = { loss: 0.05, lossAfter: 0.03, spared: 0.02, low: 0.01, high: 0.03, readsAfter: 1, isProven: true };
  const planned = { entityId: "sensor.a", present: 10.04, proposed: 3, loss: 0.05, lossAfter: 0.02, reason: "Why." };
  const options = { gain, serviceSeconds: 0.1, excess: 0.5 };

  it("is the plan where that is proven", () => {
    expect(plannedAdvice(planned, options)).toEqual({
      entityId: "sensor.a",
      action: "faster",
      present: 10.04,
      recommended: 3,
      reason: "Why.",
      share: 0.1 / 10.04,
      shareAfter: 0.1 / 3,
      loss: 0.05,
      lossAfter: 0.02,
    });
    expect(plannedAdvice({ ...planned, proposed: 10.04 }, options)).toMatchObject({ action: "keep", recommended: 10 });
  });

  it("is to leave it as it is, or to stretch all alike on a bus that is asked for too much, where it is not", () => {
    const unproven = { ...options, gain: { ...gain, isProven: false } };
    expect(plannedAdvice(planned, unproven)).toMatchObject({
      action: "keep",
      reason: "Fine as it is: no other interval was better with confidence.",
      lossAfter: 0.05,
    });
    expect(plannedAdvice(planned, { ...unproven, excess: 1.4 })).toMatchObject({ action: "slower", recommended: 15 });
  });

  it("is nothing for what the drive reads", () => {
    expect(drivenAdvice("sensor.a", 4, 0.1)).toMatchObject({ action: "keep", present: 4, share: 0.025 });
  });
});
