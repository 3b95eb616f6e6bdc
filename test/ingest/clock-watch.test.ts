import { describe, expect, it } from "vitest";
import { ClockWatch } from "#ingest/clock-watch.ts";

/** Deliveries every two seconds whose stamps are `lag` ms old; `set` moves the machine's clock. */
function newWatch() {
  const watch = new ClockWatch();
  let monotonic = 1_000_000;
  let now = 1_700_000_000_000;
  const step = (lag: number, times = 1) => {
    const jumps = [];
    for (let index = 0; index < times; index += 1) {
      monotonic += 2_000;
      now += 2_000;
      const jump = watch.see({ now, monotonic, stamp: now - lag });
      if (jump !== undefined) jumps.push(jump);
    }
    return jumps;
  };
  return { step, set: (by: number) => void (now += by) };
}

describe("a clock that jumps", () => {
  it("is nothing but late while deliveries wait, drift or come from a clock that always differs", () => {
    const { step, set } = newWatch();
    expect(step(-40_000, 50)).toEqual([]);
    // A machine that stood still for a minute gets what had waited.
    expect(step(-40_000 + 60_000, 3)).toEqual([]);
    for (let index = 0; index < 100; index += 1) {
      set(3);
      expect(step(-40_000 + index)).toEqual([]);
    }
  });

  it("is the machine's where its own other clock disagrees, in both directions", () => {
    const { step, set } = newWatch();
    step(20, 30);
    set(3_600_000);
    expect(step(20 + 3_600_000)).toEqual([{ clock: "host", by: 3_600_000 }]);
    expect(step(20, 30)).toEqual([]);
    set(-7_200_000);
    expect(step(20)).toEqual([{ clock: "host", by: -7_200_000 }]);
    expect(step(20, 60)).toEqual([]);
  });

  it("is Home Assistant's where its stamps alone moved: at once ahead, after half a minute back", () => {
    const { step } = newWatch();
    step(20, 30);
    expect(step(20 - 600_000)).toEqual([{ clock: "home-assistant", by: 600_000 }]);
    expect(step(20 - 600_000, 60)).toEqual([]);
    expect(step(20, 10)).toEqual([]);
    expect(step(20, 30)).toEqual([{ clock: "home-assistant", by: -600_000 }]);
    expect(step(20, 60)).toEqual([]);
  });
});
