import { describe, expect, it } from "vitest";
import { LineSplit } from "#modbus/line-split.ts";
import type { Poll, PollBurst } from "#model/poll.ts";
import { seeded } from "../support/random.ts";

/** Lines on which one read follows the other: each entity again after its interval, in the order in which they are due. */
function burst(lines: readonly (readonly string[])[], seconds: number, seed: number): PollBurst {
  const random = seeded(seed);
  const polls: Poll[] = [];
  for (const members of lines) {
    const due = members.map((entityId) => ({ entityId, at: random() * 2_000, interval: 1_000 + random() * 4_000 }));
    let now = 0;
    while (now < seconds * 1_000) {
      const next = due.toSorted((a, b) => a.at - b.at)[0]!;
      now = Math.max(now, next.at) + 15 + random() * 10;
      polls.push({ entityId: next.entityId, time: 1_700_000_000_000 + now });
      next.at = now + next.interval;
    }
  }
  return { from: 0, to: seconds * 1_000, period: 1_000, polls };
}

const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}_${index}`);
const a = names("sensor.a", 15);
const b = names("sensor.b", 12);
const all = new Set([...a, ...b]);

describe("lines that are told apart by when reads end", () => {
  it("are two where reads meet by chance, and every entity is on its own", () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const lines = new LineSplit();
      for (let part = 0; part < 12; part += 1) lines.step(burst([a, b], 300, seed * 20 + part), all);
      const [first, second] = lines.split([...all])!;
      expect([first.toSorted(), second.toSorted()]).toEqual([a.toSorted(), b.toSorted()]);
    }
  });

  it("are one where no two reads meet", () => {
    const lines = new LineSplit();
    for (let part = 0; part < 6; part += 1) lines.step(burst([[...a, ...b]], 300, part), all);
    expect(lines.split([...all])).toBeUndefined();
  });

  it("are not told before enough was seen, nor where an entity met nobody", () => {
    const lines = new LineSplit();
    expect(lines.split([...all])).toBeUndefined();
    lines.step(burst([a, b], 5, 1), all);
    expect(lines.split([...all])).toBeUndefined();
    for (let part = 0; part < 6; part += 1) lines.step(burst([a, b], 300, part), all);
    expect(lines.split([...all, "sensor.never"])).toBeUndefined();
    expect(lines.split([])).toBeUndefined();
  });

  it("are not confused by entities of one request, which always end together", () => {
    const lines = new LineSplit();
    for (let part = 0; part < 6; part += 1) {
      const { polls, ...rest } = burst([a, b], 300, 40 + part);
      const copies = polls
        .filter(({ entityId }) => entityId === "sensor.a_0")
        .map(({ time }) => ({ entityId: "sensor.a_copy", time: time + 0.2 }));
      lines.step({ ...rest, polls: [...polls, ...copies] }, new Set([...all, "sensor.a_copy"]));
    }
    const [first] = lines.split([...all, "sensor.a_copy"])!;
    expect(first).toContain("sensor.a_copy");
    expect(first.length).toBe(16);
  });

  it("go on after a restart, whatever was kept", () => {
    const before = new LineSplit();
    for (let part = 0; part < 6; part += 1) before.step(burst([a, b], 300, part), all);
    const after = new LineSplit();
    after.restore(JSON.parse(JSON.stringify(before.snapshot())));
    expect(after.split([...all])).toEqual(before.split([...all]));
    for (const broken of [undefined, null, 3, {}, { entityIds: [], reads: [], meetings: [[1, 2, 3]] }])
      expect(() => new LineSplit().restore(broken)).not.toThrow();
  });
});
