import { describe, expect, it } from "vitest";
import { renamesBetween } from "#bridge/renames.ts";

const entity = (entityId: string, uniqueId?: string, integration = "modbus") => ({
  entityId,
  integration,
  ...(uniqueId === undefined ? {} : { uniqueId }),
});

describe("renamed entities", () => {
  it("are known by their unique ids", () => {
    const before = [entity("sensor.a", "1"), entity("sensor.b", "2"), entity("sensor.c")];
    const now = [entity("sensor.b", "2"), entity("sensor.new", "1"), entity("sensor.d")];
    expect(renamesBetween(before, now)).toEqual([{ from: "sensor.a", to: "sensor.new" }]);
  });

  it("are none where nothing but the id goes with it: another integration, another domain, no unique id, or both still there", () => {
    expect(renamesBetween([entity("sensor.a", "1")], [entity("sensor.b", "1", "solax_modbus")])).toEqual([]);
    expect(renamesBetween([entity("sensor.a", "1")], [entity("switch.b", "1")])).toEqual([]);
    expect(renamesBetween([entity("sensor.a")], [entity("sensor.b")])).toEqual([]);
    expect(renamesBetween([entity("sensor.a", "1")], [entity("sensor.a", "1"), entity("sensor.b", "1")])).toEqual([]);
    expect(renamesBetween([entity("sensor.a", "1")], [])).toEqual([]);
  });
});
