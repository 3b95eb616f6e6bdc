import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { predictClosedLoop, type Reader } from "#modbus/closed-loop.ts";
import { readConfiguration } from "#modbus/yaml/read-configuration.ts";
import { configurationFiles } from "../support/configuration-files.ts";
import { hasSharedData, sharedData, withoutSharedData } from "../support/shared-data.ts";

/** Reads one after the other, first come, first served; the truth that is predicted. */
function simulate(
  readers: readonly Reader[],
  until: number,
): { readonly utilisation: number; readonly effective: readonly number[] } {
  const due = readers.map((_, index) => index * 1e-6);
  const begun = readers.map((): number[] => []);
  let [now, busy] = [0, 0];
  while (now < until) {
    const next = due.indexOf(Math.min(...due));
    const { interval, seconds } = readers[next] as Reader;
    now = Math.max(now, due[next] as number) + seconds;
    busy += seconds;
    begun[next]?.push(now);
    due[next] = now + interval;
  }
  const effective = begun.map((times) => ((times.at(-1) ?? 0) - (times[0] ?? 0)) / (times.length - 1));
  return { utilisation: busy / now, effective };
}

const tiers = (seconds: number): Reader[] =>
  [2, 2, 2, ...Array<number>(8).fill(5), ...Array<number>(7).fill(10), ...Array<number>(6).fill(30)].map(
    (interval) => ({ interval, seconds }),
  );

describe("a bus that does one thing at a time", () => {
  it.each([0.041, 0.218, 0.42, 1])("is as busy as a simulation of it (%s s a read)", (seconds) => {
    const predicted = predictClosedLoop(tiers(seconds));
    const { utilisation, effective } = simulate(tiers(seconds), 20_000);
    expect(Math.abs(predicted.utilisation / utilisation - 1)).toBeLessThan(0.1);
    for (const [index, each] of effective.entries())
      expect(Math.abs((predicted.effective[index] ?? 0) / each - 1)).toBeLessThan(0.1);
  });

  it("can be asked for more than it gives", () => {
    const { demand, utilisation } = predictClosedLoop(
      Array.from({ length: 100 }, () => ({ interval: 1, seconds: 0.05 })),
    );
    expect(demand).toBeCloseTo(5, 10);
    expect(utilisation).toBeGreaterThan(0.95);
    expect(utilisation).toBeLessThanOrEqual(1);
  });

  it("leaves out what is only read on demand, and is idle without readers", () => {
    expect(predictClosedLoop([])).toEqual({ utilisation: 0, demand: 0, effective: [] });
    expect(
      predictClosedLoop([
        { interval: 0, seconds: 1 },
        { interval: 9, seconds: 1 },
      ]).effective,
    ).toEqual([0, 10]);
  });

  const folder = join(sharedData, "home-assistant");
  it.skipIf(!hasSharedData)(
    `is that of the recorded line at 600 baud, each interval within 10 % (${withoutSharedData})`,
    async () => {
      interface Read {
        readonly at: number;
        readonly begun: number;
        readonly ended: number;
        readonly unit: number;
        readonly address: number;
      }
      const log = gunzipSync(readFileSync(join(folder, "session-overload-line.jsonl.gz")))
        .toString()
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Read);
      const files = configurationFiles({ "modbus.yaml": readFileSync(join(folder, "session-modbus.yaml"), "utf8") });
      const { hubs } = await readConfiguration(files, "modbus.yaml");
      const entities = hubs.flatMap((hub) => hub.entities).filter(({ interval }) => interval > 0);
      const lengths = log.map(({ begun, ended }) => ended - begun).toSorted((a, b) => a - b);
      const seconds = lengths[Math.floor(lengths.length / 2)] ?? 0;
      // Beside them the session asked for one of the 20 others every 3 s.
      const asked = Array.from({ length: 20 }, () => ({ interval: 60, seconds }));
      const predicted = predictClosedLoop([...entities.map(({ interval }) => ({ interval, seconds })), ...asked]);
      const begin = log[0]?.at ?? 0;
      const busy = log.reduce((sum, each) => sum + each.ended - each.begun, 0) / ((log.at(-1)?.ended ?? 0) - begin);
      expect(Math.abs(predicted.utilisation / busy - 1)).toBeLessThan(0.1);
      for (const [
        index,
        {
          unit,
          reads: [read],
        },
      ] of entities.entries()) {
        const times = log.filter((each) => each.unit === unit && each.address === read?.address).map(({ at }) => at);
        const mean = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / (times.length - 1);
        expect(Math.abs((predicted.effective[index] ?? 0) / mean - 1)).toBeLessThan(0.1);
      }
    },
  );
});
