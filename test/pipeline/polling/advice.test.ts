import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accumulate, emptyAccumulator, summarize } from "#pipeline/statistics/accumulator.ts";
import { adviseBus, type AdviceInput } from "#pipeline/polling/advice.ts";
import { ladder } from "#pipeline/polling/ladder.ts";
import { seeded } from "../../support/random.ts";
import { readingsOf } from "../../support/readings.ts";

const roomy = { serviceSeconds: 0.01, budget: 0.5 };

interface Register {
  readonly seconds: number;
  readonly reads?: number;
  readonly stateClass?: string;
  readonly unit?: string;
  readonly value: (read: number) => string;
}

/** What is known of a register that was read `reads` times, `seconds` apart. */
function inputOf(entityId: string, { seconds, reads = 2_000, stateClass, unit, value }: Register): AdviceInput {
  const state = emptyAccumulator();
  let last: string | undefined;
  const rows = Array.from({ length: reads }, (_, read) => [read * seconds * 1_000, value(read)] as const);
  for (const reading of readingsOf(rows, entityId)) {
    if (reading.state !== last) accumulate(state, reading);
    last = reading.state;
  }
  const now = (reads - 1) * seconds * 1_000;
  return {
    entityId,
    readsSeen: 64,
    statistics: summarize(entityId, state, {
      now,
      interval: seconds,
      ...(stateClass === undefined ? {} : { stateClass }),
    }),
    interval: { entityId, seconds, origin: "last-reported", gaps: 63, asOf: now },
    ...(unit === undefined ? {} : { unit }),
  };
}

const advise = (register: Register, options = roomy) => adviseBus([inputOf("sensor.a", register)], options)[0];
const random = seeded(3);
const white = Array.from({ length: 2_000 }, () => (230 + (random() + random() + random() - 1.5)).toFixed(1));
/** Up and down by 10 in half an hour each. */
const ramp = (read: number): string => (20 + Math.abs((read % 1_800) - 900) / 90).toFixed(2);

describe("the advice for one register", () => {
  it("reads a constant rarely, but not further than eight times as rarely as now", () => {
    expect(advise({ seconds: 5, value: () => "7" })).toMatchObject({ action: "slower", recommended: 30 });
    expect(advise({ seconds: 60, value: () => "7" })).toMatchObject({ action: "slower", recommended: 300 });
    expect(advise({ seconds: 5, value: () => "7" })?.reason).toMatch(/^Has not changed in \d/);
  });

  it("does not take a register for constant that was hardly read", () => {
    expect(advise({ seconds: 5, reads: 4, value: () => "7" })).toMatchObject({ action: "wait" });
  });

  it("reads a counter once a minute", () => {
    expect(advise({ seconds: 10, stateClass: "total_increasing", value: String })).toMatchObject({
      action: "slower",
      recommended: 60,
      reason: "A counter: late values lose nothing.",
    });
  });

  it("spends little on white noise, and says how large it is with its unit", () => {
    const given = advise({ seconds: 5, stateClass: "measurement", unit: "V", value: (read) => white[read] as string });
    expect(given).toMatchObject({ action: "slower", recommended: 30 });
    expect(given?.reason).toMatch(/^Differs only by noise of ±0\.\d+\u00a0V\.$/);
  });

  it("leaves a register that moves noticeably between two reads as it is", () => {
    const given = advise({
      seconds: 5,
      stateClass: "measurement",
      value: (read) => (50 + 40 * Math.sin(read / 3)).toFixed(1),
    });
    expect(given).toMatchObject({ action: "keep", reason: "Moves noticeably between two reads." });
    expect(given?.shareAfter).toBe(given?.share);
  });

  it("slows what moves slowly down to half of the time a noticeable move takes", () => {
    // 2 % of a range of 10, at 10 in 900 reads of 2 s: 36 s.
    expect(advise({ seconds: 2, stateClass: "measurement", value: ramp })).toMatchObject({
      action: "slower",
      recommended: 15,
      reason: expect.stringMatching(/^Needs about 3[678] s to move noticeably\.$/) as string,
    });
  });

  it("keeps a switch that switches often, and slows one that rarely does", () => {
    expect(advise({ seconds: 2, value: (read) => (Math.floor(read / 10) % 2 === 0 ? "on" : "off") })).toMatchObject({
      action: "keep",
    });
    expect(advise({ seconds: 2, value: (read) => (Math.floor(read / 900) % 2 === 0 ? "on" : "off") })).toMatchObject({
      action: "slower",
    });
  });

  it("waits for reads, values and answers", () => {
    const { statistics, interval } = inputOf("sensor.a", { seconds: 5, value: () => "7" });
    const wait = (input: Partial<AdviceInput>) =>
      adviseBus([{ entityId: "sensor.a", readsSeen: 0, ...input }], roomy)[0];
    expect(wait({})).toMatchObject({ action: "wait", reason: "No value has been seen yet." });
    expect(wait(statistics === undefined ? {} : { statistics })).toMatchObject({ reason: "No read of it was seen." });
    expect(wait({ ...(statistics === undefined ? {} : { statistics }), readsSeen: 2 })).toMatchObject({
      reason: "Learning: 2 of 3 reads seen.",
    });
    expect(wait({ ...(statistics === undefined ? {} : { statistics }), readsSeen: 64 })).toMatchObject({
      reason: "Its reads come too close to each other to be counted.",
    });
    const silent = inputOf("sensor.a", { seconds: 5, value: () => "unavailable" });
    expect(wait({ ...silent, ...(interval === undefined ? {} : { interval }) })).toMatchObject({
      reason: "Has not answered yet.",
    });
  });
});

describe("the advice for a bus", () => {
  const fast = (read: number): string => (50 + 40 * Math.sin(read / 3)).toFixed(1);

  it("slows registers down that would rather stay, when the bus is over its budget, and says so", () => {
    const inputs = Array.from({ length: 10 }, (_, index) =>
      inputOf(`sensor.r${index}`, { seconds: 2, stateClass: "measurement", value: fast }),
    );
    const given = adviseBus(inputs, { serviceSeconds: 0.2, budget: 0.5 });
    expect(given.reduce((sum, { share = 0 }) => sum + share, 0)).toBeCloseTo(1, 6);
    expect(given.reduce((sum, { shareAfter = 0 }) => sum + shareAfter, 0)).toBeLessThanOrEqual(0.5);
    expect(given.some(({ reason }) => reason.startsWith("The bus is over its budget"))).toBe(true);
  });

  const register = fc.record({
    seconds: fc.constantFrom(1, 2, 5, 10, 30, 60),
    which: fc.constantFrom("constant", "noise", "wander", "fast", "counter"),
  });

  it("never goes further than eight times from now, stays on the ladder, and is never faster than now", () => {
    const values = {
      constant: () => "7",
      noise: (read: number) => white[read] as string,
      wander: ramp,
      fast,
      counter: String,
    };
    fc.assert(
      fc.property(
        fc.array(register, { minLength: 1, maxLength: 8 }),
        fc.double({ min: 0.005, max: 0.5, noNaN: true }),
        (drawn, serviceSeconds) => {
          const inputs = drawn.map(({ seconds, which }, index) =>
            inputOf(`sensor.r${index}`, { seconds, reads: 300, stateClass: "measurement", value: values[which] }),
          );
          for (const { present = 0, recommended = 0, action, shareAfter = 0, share = 0 } of adviseBus(inputs, {
            serviceSeconds,
            budget: 0.5,
          })) {
            expect(ladder).toContain(recommended);
            expect(recommended).toBeLessThanOrEqual(present * 8.001);
            expect(recommended).toBeGreaterThanOrEqual(present * 0.999);
            expect(shareAfter).toBeLessThanOrEqual(share + 1e-12);
            expect(["keep", "slower"]).toContain(action);
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe("what was counted before", () => {
  const prior = (changes: number, polls = 2_000) =>
    ({ entityId: "sensor.a", origin: "legacy", polls, changes, seconds: 30 }) as const;
  const withPrior = (register: Register | undefined, changes: number, polls?: number) => {
    const seen = register === undefined ? { entityId: "sensor.a", readsSeen: 0 } : inputOf("sensor.a", register);
    return adviseBus([{ ...seen, prior: prior(changes, polls) }], roomy)[0];
  };

  it("gives advice at once, and says whose it is", () => {
    expect(withPrior(undefined, 0)).toMatchObject({ action: "slower", present: 30, origin: "legacy" });
    expect(withPrior(undefined, 20)).toMatchObject({ action: "slower", recommended: 180, origin: "legacy" });
    expect(withPrior(undefined, 1_990)).toMatchObject({ action: "keep", recommended: 30, origin: "legacy" });
    expect(withPrior(undefined, 20)?.reason).toBe("Changed about every 50 min, as the older package counted.");
  });

  it("stands in only until enough was seen, and never against what was seen", () => {
    const constant = { seconds: 5, value: () => "7" };
    expect(withPrior({ ...constant, reads: 2 }, 20)?.origin).toBe("legacy");
    expect(withPrior(constant, 20)?.origin).toBeUndefined();
    const moving = { seconds: 5, reads: 8, value: ramp };
    expect(withPrior(moving, 0)?.origin).toBeUndefined();
    expect(withPrior({ seconds: 5, reads: 8, value: () => "unavailable" }, 0)?.origin).toBeUndefined();
    expect(withPrior(undefined, 0, 5)).toMatchObject({ action: "wait" });
  });
});
