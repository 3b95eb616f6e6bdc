import { describe, expect, it } from "vitest";
import { planReads, type PlanInput } from "#pipeline/polling/plan.ts";
import { autoregressive } from "../../support/signals.ts";

const present = 10;
/** What reads every ten seconds showed. */
const seen = (entityId: string, values: readonly number[], more: Partial<PlanInput> = {}): PlanInput => ({
  entityId,
  present,
  objective: "error",
  reads: values.map((value, index) => ({ tick: index * present, value })),
  ...more,
});
const count = 2_000;
const walk = autoregressive(1, count, 1);
const noise = autoregressive(0, count, 2);
const constant = Array<number>(count).fill(7);
const slow = autoregressive(1, count, 3).map((value) => Math.round(value / 15));

describe("a plan of intervals", () => {
  const inputs = [
    seen("sensor.walk", walk),
    seen("sensor.slow", slow),
    seen("sensor.noise", noise),
    seen("sensor.constant", constant),
    seen(
      "sensor.spike",
      constant.map((value, index) => (index === 700 ? 1e9 : value)),
    ),
    seen("sensor.twin", walk, { formula: "sensor.twin = sensor.walk" }),
    seen("sensor.new", walk.slice(0, 10)),
  ];
  const load = inputs.length / present;
  const of = (budget: number) => new Map(planReads(inputs, budget).map((each) => [each.entityId, each]));

  it("gives the budget to what drifts; the least to noise, constants, twins, and one spike", () => {
    const plan = of(load);
    for (const name of ["walk", "slow"]) expect(plan.get(`sensor.${name}`)!.proposed).toBeLessThan(present);
    for (const name of ["noise", "constant", "twin"]) expect(plan.get(`sensor.${name}`)!.proposed).toBe(60);
    expect(of(load / 3).get("sensor.spike")!.proposed).toBe(60);
    expect(plan.get("sensor.new")).toMatchObject({ proposed: present, reason: "Learning: 10 of 24 reads seen." });
  });

  it("stays within the budget, and loses less than now at the same load", () => {
    for (const budget of [load / 3, load / 2, load]) {
      const plan = [...of(budget).values()];
      expect(plan.reduce((sum, { proposed }) => sum + 1 / proposed, 0)).toBeLessThanOrEqual(budget + 1e-9);
    }
    // Whoever wants the twin computes it.
    const plan = [...of(load).values()].filter(({ entityId }) => entityId !== "sensor.twin");
    const sum = (value: (each: (typeof plan)[number]) => number): number =>
      plan.reduce((total, each) => total + value(each), 0);
    expect(sum(({ lossAfter = 0 }) => lossAfter)).toBeLessThan(sum(({ loss = 0 }) => loss));
  });

  it("tells why, with the two numbers that matter", () => {
    const plan = of(load);
    expect(plan.get("sensor.walk")!.reason).toMatch(/^Now off by [\d.]+ % of its range on average, then [\d.]+ %\.$/);
    expect(plan.get("sensor.noise")!.reason).toMatch(/^Noise: off by \d+ % of its range, however often it is read\.$/);
    expect(plan.get("sensor.constant")!.reason).toBe("Never changed in 2000 reads.");
    expect(plan.get("sensor.twin")!.reason).toBe("Can be computed: sensor.twin = sensor.walk.");
  });

  it("never reads faster than the device has new values, and of a switch counts the time it is wrong", () => {
    const [fast, light] = planReads(
      [
        seen("sensor.fast", walk, { refresh: 20 }),
        seen(
          "binary_sensor.light",
          Array.from({ length: count }, (_, index) => Math.floor(index / 37) % 2),
          { objective: "staleness" },
        ),
      ],
      10,
    );
    expect(fast?.proposed).toBe(20);
    expect(light?.reason).toMatch(/^Now out of date [\d.]+ % of the time on average, then/);
  });

  it("of ten thousand entities takes a moment", () => {
    const many = Array.from({ length: 10_000 }, (_, index) =>
      seen(`sensor.e${index}`, index % 2 === 0 ? constant.slice(0, 40) : walk.slice(index % 500, (index % 500) + 40)),
    );
    expect(planReads(many, 500).length).toBe(10_000);
    expect(planReads([], 1)).toEqual([]);
  });
});

describe("what people want of single entities", () => {
  const values = autoregressive(0.99, count, 4);
  const budget = 10;

  it("limits the interval that is planned, also of what would be read rarely", () => {
    const of = (input: PlanInput): number => planReads([input], budget)[0]?.proposed ?? Number.NaN;
    expect(of(seen("sensor.a", values, { least: 20, most: 60 }))).toBe(20);
    expect(of(seen("sensor.a", constant, { least: 1, most: 15 }))).toBe(15);
    expect(of(seen("sensor.a", values.slice(0, 5), { least: 20, most: 60 }))).toBe(20);
    // Wider than eight times the present one, when somebody wants that.
    expect(of(seen("sensor.a", constant, { least: 1, most: 600 }))).toBe(600);
  });

  it("makes a value that is less off as good as right", () => {
    const [strict, loose] = [0.01, 1_000].map(
      (tolerance) => planReads([seen("sensor.a", values, { tolerance })], budget)[0],
    );
    expect(strict?.loss).toBeGreaterThan(0.5);
    expect(strict?.reason).toMatch(/off by more than 0.01 [\d.]+ % of the time/);
    expect(loose?.loss).toBeLessThan(0.01);
  });
});
