import { describe, expect, it } from "vitest";
import { loadOf, loadSentence } from "#modbus/load.ts";
import type { Advice } from "#model/advice.ts";
import type { Bus } from "#model/bus.ts";
import type { EffectiveInterval } from "#model/effective-interval.ts";

const bus: Bus = {
  id: "line",
  name: "line",
  type: "serial",
  endpoint: "/dev/ttyUSB0",
  units: [1],
  entityIds: ["sensor.a", "sensor.b", "sensor.never"],
  origin: "connections",
};
const interval = (entityId: string, seconds: number): [string, EffectiveInterval] => [
  entityId,
  { entityId, seconds, origin: "last-reported", gaps: 10, asOf: 0 },
];
const intervals = new Map([interval("sensor.a", 2), interval("sensor.b", 5), interval("sensor.foreign", 1)]);
const slower: Advice = { entityId: "sensor.a", action: "slower", recommended: 10, reason: "" };

describe("the load of a bus", () => {
  it("is the sum of service time over interval, of its own entities whose reads are known", () => {
    const load = loadOf(bus, { intervals, advice: new Map(), observedSeconds: 0.1 });
    expect(load).toMatchObject({ counted: 2, uncounted: 1, serviceOrigin: "observed", serviceSeconds: 0.1 });
    expect(load.requestsPerSecond).toBeCloseTo(0.7, 12);
    expect(load.utilisation).toBeCloseTo(0.07, 12);
    expect(load.utilisationAfter).toBeCloseTo(0.07, 12);
  });

  it("falls with the advice, where there is one to follow", () => {
    const keep: Advice = { entityId: "sensor.b", action: "keep", recommended: 3, reason: "" };
    const advice = new Map([
      ["sensor.a", slower],
      ["sensor.b", keep],
    ]);
    expect(loadOf(bus, { intervals, advice, observedSeconds: 0.1 }).utilisationAfter).toBeCloseTo(0.03, 12);
  });

  it("uses the assumed cost of its kind until one was observed, and says so", () => {
    expect(loadOf(bus, { intervals, advice: new Map(), observedSeconds: undefined }).serviceOrigin).toBe("assumed");
  });

  it.each([
    [0.02, "Line is fine: busy 1 % of the time."],
    [1, "Line is busy 70 % of the time, more than the 50 % it should be."],
    [1.5, "Line is full: reads wait for each other, so values arrive later than they were set to."],
  ])("is said in a sentence at %d s a read", (observedSeconds, sentence) => {
    expect(
      loadSentence(bus, loadOf(bus, { intervals, advice: new Map(), observedSeconds }), { budget: 0.5, missing: 0 }),
    ).toBe(sentence);
  });

  it("counts what time-outs take, says it, and is never above all there is", () => {
    const input = { intervals, advice: new Map(), observedSeconds: 0.1 };
    const load = loadOf(bus, { ...input, timeOutShare: 0.4 });
    expect(load.utilisation).toBeCloseTo(0.47, 12);
    expect(loadSentence(bus, load, { budget: 0.5, missing: 3 })).toBe(
      "3 entities do not answer: waiting for them holds line 40 % of the time.",
    );
    expect(loadOf(bus, { ...input, timeOutShare: 0.99 }).utilisation).toBe(1);
    expect(loadOf(bus, { ...input, observedSeconds: 5 }).utilisation).toBe(1);
  });

  it("names the three reads that cost most where there are too many", () => {
    const load = loadOf(bus, { intervals, advice: new Map(), observedSeconds: 1.5 });
    const costly = [0.4, 0.25, 0.125, 0.1].map((share, index) => ({ name: `Read ${index}`, share }));
    expect(loadSentence(bus, load, { budget: 0.5, missing: 0, costly: () => costly })).toMatch(
      /Most of it goes to Read 0 \(40\.0 %\), Read 1 \(25\.0 %\), and Read 2 \(12\.5 %\)\.$/,
    );
  });

  it("is being learned while nothing is counted", () => {
    const load = loadOf(bus, { intervals: new Map(), advice: new Map(), observedSeconds: undefined });
    expect(loadSentence(bus, load, { budget: 0.5, missing: 0 })).toBe("Learning how often line is read.");
  });
});
