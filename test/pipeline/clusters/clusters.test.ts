import { describe, expect, it } from "vitest";
import type { Relation } from "#model/relation.ts";
import { findClusters } from "#pipeline/clusters/clusters.ts";
import { commonWords, groupName } from "#pipeline/clusters/shared-name.ts";

const relation = (a: string, b: string, r: number, proven = true): Relation => ({
  a: `sensor.${a}`,
  b: `sensor.${b}`,
  r,
  rank: r,
  change: r,
  lagSeconds: 0,
  lagged: r,
  n: 1_000,
  effective: 100,
  probability: proven ? 0 : 1,
  proven,
});
/** All pairs of the names. */
const group = (names: readonly string[], r: number): Relation[] =>
  names.flatMap((a, index) => names.slice(index + 1).map((b) => relation(a, b, r)));
const members = (relations: readonly Relation[]): string[] =>
  findClusters(relations).clusters.map((cluster) =>
    cluster.members
      .map((id) => id.slice(7))
      .toSorted()
      .join(" "),
  );

describe("clusters", () => {
  it("are cut where they last, one loosely, the other tightly", () => {
    const loose = [relation("l1", "l2", 0.88), relation("l2", "l3", 0.88), relation("l1", "l3", 0.82)];
    const tight = [...group(["t1", "t2", "t3"], 0.999), ...group(["w1", "w2", "w3"], 0.999)];
    const bridge = [relation("t1", "w1", 0.9), relation("t2", "w2", 0.89)];
    expect(members([...loose, ...tight, ...bridge]).toSorted()).toEqual(["l1 l2 l3", "t1 t2 t3", "w1 w2 w3"]);
  });

  it("hold those that go against each other as well", () => {
    expect(members([relation("a", "b", -0.98)])).toEqual(["a b"]);
  });

  it("are made of what is proven and strong alone", () => {
    expect(members([relation("a", "b", 0.99, false), relation("c", "d", 0.79)])).toEqual([]);
    expect(findClusters([])).toEqual({ clusters: [], moves: [] });
  });

  it("do not depend on the order of the relations", () => {
    const relations = [...group(["a", "b", "c", "d"], 0.95), relation("x", "y", 0.9), relation("d", "x", 0.85)];
    expect(findClusters(relations.toReversed())).toEqual(findClusters(relations));
  });

  it("keep their ids when members come and go, and say who moved", () => {
    const before = findClusters([...group(["a", "b", "c", "d"], 0.95), ...group(["x", "y", "z"], 0.95)]).clusters;
    const ids = new Map(before.map(({ id, members: all }) => [all.length, id]));
    const now = findClusters([...group(["b", "c", "d", "e"], 0.95), ...group(["x", "y"], 0.95)], { before });
    expect(now.clusters.map(({ id, members: all }) => [id, all.length])).toEqual([
      [ids.get(4), 4],
      [ids.get(3), 2],
    ]);
    expect(now.moves).toEqual([
      { entityId: "sensor.a", from: ids.get(4) },
      { entityId: "sensor.e", to: ids.get(4) },
      { entityId: "sensor.z", from: ids.get(3) },
    ]);
  });

  it("never share an id, also when one falls apart", () => {
    const before = findClusters(group(["a", "b", "c", "d"], 0.95)).clusters;
    const { clusters } = findClusters([relation("a", "b", 0.95), relation("c", "d", 0.95)], { before });
    expect(new Set(clusters.map(({ id }) => id)).size).toBe(2);
    expect(clusters.map(({ id }) => id)).toContain(before[0]!.id);
  });
});

describe("the name of a group", () => {
  const everybody = ["Pump power", "Pump current", "Tank 1 temperature", "Tank 2 temperature", "Outdoor humidity"];

  it("is what its members share", () => {
    expect(groupName(["Tank 1 temperature", "Tank 2 temperature"], commonWords(everybody))).toBe("Tank temperature");
  });

  it("is not what everybody shares", () => {
    const all = ["meter i1", "meter i2", "meter p"];
    expect(groupName(["meter i1", "meter p"], commonWords(all))).toBe("i1 and 1 more");
  });
});
