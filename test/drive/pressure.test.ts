import { describe, expect, it } from "vitest";
import { Pressure } from "#drive/pressure.ts";

describe("how much of its allowance the drive uses", () => {
  it("stays at all while reads come back in time, also when one has to wait now and then", () => {
    const pressure = new Pressure();
    for (let read = 0; read < 100; read += 1) pressure.answered(read * 200, read % 10 === 0 ? 200 : 40, 40);
    expect(pressure.level).toBe(1);
  });

  it("is cut at once when a read fails, and again and again while they do, never to nothing", () => {
    const pressure = new Pressure();
    pressure.failed(0);
    expect(pressure.level).toBe(0.5);
    pressure.failed(500);
    expect(pressure.level).toBe(0.5);
    for (let read = 1; read < 20; read += 1) pressure.failed(read * 2_000);
    expect(pressure.level).toBe(1 / 16);
  });

  it("is cut while others keep reads waiting, and comes back in twenty seconds once they are gone", () => {
    const pressure = new Pressure();
    for (let read = 0; read < 50; read += 1) pressure.answered(read * 400, 400, 40);
    expect(pressure.level).toBeLessThan(0.1);
    let now = 20_000;
    for (; pressure.level < 1 && now < 120_000; now += 200) pressure.answered(now, 40, 40);
    expect(now).toBeGreaterThan(35_000);
    expect(now).toBeLessThan(50_000);
  });
});
