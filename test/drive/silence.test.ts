import { describe, expect, it } from "vitest";
import { Silence } from "#drive/silence.ts";

describe("those that do not answer", () => {
  it("are asked less and less often, up to every five minutes, until they answer", () => {
    const silence = new Silence();
    const asked: number[] = [];
    for (let now = 0; now < 3_600_000; now += 1_000) {
      if (!silence.mayRead(now, "sensor.a", undefined)) continue;
      asked.push(now);
      silence.failed(now, "sensor.a", undefined);
    }
    const gaps = asked.slice(1).map((time, index) => time - (asked[index] as number));
    expect(gaps.slice(0, 4)).toEqual([2_000, 4_000, 8_000, 16_000]);
    expect(Math.max(...gaps)).toBe(300_000);
    silence.answered("sensor.a", undefined);
    expect(silence.mayRead(3_600_001, "sensor.a", undefined)).toBe(true);
  });

  it("are their device when one register after the other fails, and not for one alone", () => {
    const silence = new Silence();
    silence.failed(0, "sensor.a", 3);
    expect(silence.mayRead(100, "sensor.b", 3)).toBe(true);
    silence.answered("sensor.b", 3);
    silence.failed(200, "sensor.a", 3);
    expect(silence.mayRead(300, "sensor.b", 3)).toBe(true);
    silence.failed(300, "sensor.b", 3);
    expect(silence.mayRead(400, "sensor.c", 3)).toBe(false);
    expect(silence.mayRead(400, "sensor.d", 4)).toBe(true);
    expect(silence.units(400)).toEqual([3]);
    expect(silence.mayRead(2_400, "sensor.c", 3)).toBe(true);
  });
});
