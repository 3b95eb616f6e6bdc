import { describe, expect, it } from "vitest";
import { verdictOf } from "#diagnostics/verdict.ts";
import { busOverview, entityOverview, overviewOf } from "../support/overview.ts";

describe("what matters most right now", () => {
  it("is the connection first, whatever else is wrong", () => {
    const { storage } = overviewOf();
    const verdict = verdictOf(
      overviewOf({
        connection: { state: "disconnected", since: 0, reconnects: 0, cause: "Home Assistant is away." },
        storage: { ...storage, status: "full", cause: "The disk is full." },
      }),
    );
    expect(verdict).toEqual({ mood: "warning", sentence: "Home Assistant is away: these numbers are from before." });
  });

  it("is the storage before the buses", () => {
    const { storage } = overviewOf();
    const full = overviewOf({
      storage: { ...storage, status: "full", cause: "The disk is full." },
      buses: [busOverview("line", 1.2)],
    });
    expect(verdictOf(full)).toEqual({ mood: "bad", sentence: "The disk is full." });
  });

  it.each([
    [1.2, "bad"],
    [0.7, "warning"],
    [0.3, "good"],
  ] as const)("is the worst bus: at %d it is %s", (utilisation, mood) => {
    expect(verdictOf(overviewOf({ buses: [busOverview("line", utilisation)] })).mood).toBe(mood);
  });

  it("says that it is learning while nothing is counted, and that nothing was found when that is so", () => {
    expect(verdictOf(overviewOf({ buses: [busOverview("line", 0, 0)] })).mood).toBe("learning");
    expect(verdictOf(overviewOf({ entities: [], buses: [] })).sentence).toBe(
      "No Modbus entity was found in Home Assistant.",
    );
  });

  it("counts the advice there is to follow", () => {
    expect(verdictOf(overviewOf()).sentence).toBe("line is busy 30 % of the time. 1 of 2 intervals could be better.");
    expect(verdictOf(overviewOf({ entities: [entityOverview("sensor.a", "keep")] })).sentence).toBe(
      "line is busy 30 % of the time.",
    );
  });
});
