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

  it("in a row come in an order in which every id is free when it is given", () => {
    const before = [entity("sensor.a", "1"), entity("sensor.b", "2")];
    const now = [entity("sensor.b", "1"), entity("sensor.c", "2")];
    expect(renamesBetween(before, now)).toEqual([
      { from: "sensor.b", to: "sensor.c" },
      { from: "sensor.a", to: "sensor.b" },
    ]);
  });

  it("that swap their ids go by way of a third one, and no two histories ever have one name", () => {
    const ids = ["sensor.a", "sensor.b", "sensor.c", "sensor.d"];
    for (const order of [
      [1, 0, 2, 3],
      [1, 2, 0, 3],
      [1, 0, 3, 2],
      [1, 2, 3, 0],
      [3, 0, 1, 2],
    ]) {
      const before = ids.map((entityId, index) => entity(entityId, String(index)));
      const now = ids.map((_, index) => entity(ids[order[index] as number] as string, String(index)));
      const histories = new Map(before.map(({ entityId, uniqueId }) => [entityId, uniqueId]));
      for (const { from, to } of renamesBetween(before, now)) {
        expect(histories.has(to), `${from} to ${to}`).toBe(false);
        histories.set(to, histories.get(from));
        histories.delete(from);
      }
      expect(histories).toEqual(new Map(now.map(({ entityId, uniqueId }) => [entityId, uniqueId])));
    }
  });

  it("that get the id of an entity that is gone leave its history apart", () => {
    const before = [entity("sensor.a", "1"), entity("sensor.b", "2")];
    expect(renamesBetween(before, [entity("sensor.b", "1")])).toEqual([
      { from: "sensor.b", to: "sensor.b__replaced" },
      { from: "sensor.a", to: "sensor.b" },
    ]);
  });

  it("are none where nothing but the id goes with it: another integration, another domain, no unique id, or both still there", () => {
    expect(renamesBetween([entity("sensor.a", "1")], [entity("sensor.b", "1", "solax_modbus")])).toEqual([]);
    expect(renamesBetween([entity("sensor.a", "1")], [entity("switch.b", "1")])).toEqual([]);
    expect(renamesBetween([entity("sensor.a")], [entity("sensor.b")])).toEqual([]);
    expect(renamesBetween([entity("sensor.a", "1")], [entity("sensor.a", "1"), entity("sensor.b", "1")])).toEqual([]);
    expect(renamesBetween([entity("sensor.a", "1")], [])).toEqual([]);
  });
});
