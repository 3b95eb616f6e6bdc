import { describe, expect, it } from "vitest";
import { planJoined } from "#app/joined-plan.ts";
import { readCost } from "#modbus/cost-model.ts";
import { joinReads } from "#modbus/joined-reads.ts";
import { allocate, type Claim } from "#pipeline/polling/allocate.ts";
import { serialHub as hubOf, yamlEntity as entity } from "../support/modbus-hub.ts";
import { seeded } from "../support/random.ts";

const intervals = [1, 2, 5, 10, 30, 60];
const moves = (speed: number): Claim => ({
  intervals,
  losses: intervals.map((seconds) => Math.min(1, speed * seconds ** 0.7)),
});
const rests: Claim = { intervals: [60], losses: [0] };
const lossOf = (claim: Claim | undefined, seconds: number): number =>
  claim?.losses[claim.intervals.findIndex((each) => each >= seconds)] ?? claim?.losses.at(-1) ?? 0;

describe("requests and intervals that are chosen together", () => {
  it("read slow registers along with a fast one beside them, and leave far ones alone", () => {
    const entities = [entity(0), entity(1), entity(2), entity(100)];
    const learned = new Map([
      [entities[0]!, moves(0.02)],
      [entities[1]!, moves(0.01)],
      [entities[2]!, rests],
      [entities[3]!, rests],
    ]);
    const plan = planJoined(hubOf(entities), { learned, budget: 0.1 })!;
    expect(plan.reads.map(({ address, count }) => [address, count])).toEqual([
      [0, 3],
      [100, 1],
    ]);
    expect(plan.reads[0]?.interval).toBeLessThan(10);
    expect(plan.reads[1]?.interval).toBe(60);
    expect(plan.load).toBeLessThanOrEqual(0.1);
  });

  it("lose no more than joining after planning does, and much less than reads that nobody joins", () => {
    const random = seeded(11);
    let [gained, worse] = [0, 0];
    for (let round = 0; round < 40; round += 1) {
      const entities = Array.from({ length: 12 }, (_, index) => entity(index * (random() < 0.7 ? 1 : 12)));
      const unique = entities.filter(
        ({ entityId }, index) => entities.findIndex((each) => each.entityId === entityId) === index,
      );
      const hub = hubOf(unique);
      const learned = new Map(unique.map((each) => [each, random() < 0.3 ? rests : moves(random() * 0.05)]));
      const budget = 0.05 + random() * 0.2;
      const plan = planJoined(hub, { learned, budget })!;
      expect(plan.load).toBeLessThanOrEqual(budget * 1.000_001);
      expect(new Set(plan.reads.flatMap(({ entityIds }) => entityIds)).size).toBe(unique.length);
      const cost = readCost(hub, { registerType: "input", address: 0, count: 1 }).seconds;
      const alone = allocate(
        unique.map((each) => ({ ...(learned.get(each) as Claim), cost })),
        budget,
      );
      const lossAlone = unique.reduce((sum, each, index) => sum + lossOf(learned.get(each), alone[index]!), 0);
      const after = joinReads(hub, (each) => alone[unique.indexOf(each)] as number);
      const lossAfter = after.reduce(
        (sum, { entityIds, interval }) =>
          sum +
          entityIds.reduce(
            (part, id) => part + lossOf(learned.get(unique.find((each) => each.entityId === id)!), interval),
            0,
          ),
        0,
      );
      expect(plan.loss * unique.length).toBeLessThanOrEqual(lossAfter + 1e-9);
      gained += lossAlone - plan.loss * unique.length;
      worse += lossAlone;
    }
    expect(gained / worse).toBeGreaterThan(0.3);
  });

  it("keep what nothing is known of as often as it is set, and give no plan where nothing is known at all", () => {
    const entities = [entity(0), entity(1, 5), entity(50, 0)];
    const plan = planJoined(hubOf(entities), { learned: new Map([[entities[0]!, rests]]), budget: 0.5 })!;
    const known = plan.reads.find(({ entityIds }) => entityIds.includes("sensor.a_1"));
    expect(known?.interval).toBeLessThanOrEqual(5);
    expect(plan.reads.flatMap(({ entityIds }) => entityIds)).not.toContain("sensor.a_50");
    expect(planJoined(hubOf(entities), { learned: new Map(), budget: 0.5 })).toBeUndefined();
  });
});
