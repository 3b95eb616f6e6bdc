import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalize } from "#ingest/normalize.ts";

const at = (state: string) => normalize({ entityId: "sensor.a", time: 1_700_000_000_000, state });

describe("what a state's text means", () => {
  it.each([
    ["21.5", 21.5],
    ["21.50", 21.5],
    ["-0.0", -0],
    ["0", 0],
    ["1e-05", 1e-5],
    ["1.7976931348623157e+308", Number.MAX_VALUE],
    [".5", 0.5],
    ["5.", 5],
  ])("%s is a number", (state, value) => {
    expect(at(state)).toEqual({ entityId: "sensor.a", time: 1_700_000_000_000, state, kind: "number", value });
  });

  it.each([
    "",
    " 1",
    "1 ",
    "0x10",
    "1,5",
    "inf",
    "-inf",
    "nan",
    "NaN",
    "Infinity",
    "1e999",
    "+1",
    "--1",
    "on",
    "1.2.3",
  ])("“%s” is a text", (state) => {
    expect(at(state)).toMatchObject({ kind: "text", value: Number.NaN, state });
  });

  it.each(["unavailable", "unknown"] as const)("%s is a state without a value", (state) => {
    expect(at(state)).toMatchObject({ kind: state, value: Number.NaN, state });
  });

  it("never changes the text, and every finite number as JavaScript or Python print it is a number", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const state = String(value).replace(/e\+?/, "e+").replace("e+-", "e-");
        expect(at(state)).toMatchObject({ kind: "number", state });
        expect(at(state)?.value).toBe(value === 0 ? Number(state) : value);
      }),
    );
  });
});

describe("what is no sample", () => {
  it.each([
    ["an entity id without a dot", { entityId: "sensor", time: 1, state: "1" }],
    ["an entity id with capitals", { entityId: "sensor.A", time: 1, state: "1" }],
    ["a path for an entity id", { entityId: "../../etc/passwd", time: 1, state: "1" }],
    ["an entity id longer than the recorder's column", { entityId: `sensor.${"a".repeat(250)}`, time: 1, state: "1" }],
    ["half a millisecond", { entityId: "sensor.a", time: 1.5, state: "1" }],
    ["no time", { entityId: "sensor.a", time: Number.NaN, state: "1" }],
    ["a state longer than Home Assistant's longest", { entityId: "sensor.a", time: 1, state: "x".repeat(256) }],
    ["a state that is no text", { entityId: "sensor.a", time: 1, state: 7 as never }],
  ])("%s", (_what, sample) => {
    expect(normalize(sample)).toBeUndefined();
  });
});
