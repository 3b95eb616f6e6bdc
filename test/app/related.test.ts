import { describe, expect, it } from "vitest";
import { relatedOf } from "#app/related.ts";
import { type Findings, noFindings } from "#model/findings.ts";

const ids = ["sensor.a", "sensor.b", "sensor.c"];
const findings: Findings = {
  ...noFindings,
  at: 7,
  matrix: {
    entityIds: ids,
    values: Float64Array.of(1, 0.25, Number.NaN, 0.25, 1, -0.875, Number.NaN, -0.875, 1),
    computedAt: 7,
  },
  clusters: [{ id: "1", name: "Pair", members: ["sensor.c", "sensor.b"], weakest: 0.8 }],
  identities: [{ kind: "sum", entityId: "sensor.c", terms: ["sensor.a", "sensor.b"], factor: 1, error: 0, n: 9 }],
  relations: [
    {
      a: "sensor.b",
      b: "sensor.c",
      r: -0.875,
      rank: -0.8,
      change: -0.7,
      lagSeconds: 30,
      lagged: -0.9,
      n: 99,
      effective: 50,
      probability: 0,
      proven: true,
    },
    {
      a: "sensor.a",
      b: "sensor.b",
      r: 0.25,
      rank: 0,
      change: 0,
      lagSeconds: 0,
      lagged: 0,
      n: 99,
      effective: 9,
      probability: 0.4,
      proven: false,
    },
  ],
};

describe("what belongs together, for a page", () => {
  it("has the members of a group side by side, each pair once, and only what is proven", () => {
    const related = relatedOf(findings, (entityId) => entityId.slice(7).toUpperCase());
    expect(related).toMatchObject({
      at: 7,
      entityIds: ["sensor.c", "sensor.b", "sensor.a"],
      groups: [{ name: "Pair", members: ["sensor.c", "sensor.b"], weakest: 0.8 }],
      computable: [{ entityId: "sensor.c", formula: "C = A + B", rows: 9 }],
    });
    // c–b, c–a, b–a
    expect(related.pairs).toEqual([-87, null, 25]);
    expect(related.relations.map(({ a, b }) => [a, b])).toEqual([["sensor.b", "sensor.c"]]);
  });

  it("is empty before the signals were compared", () => {
    expect(relatedOf(noFindings, String)).toEqual({
      at: 0,
      entityIds: [],
      pairs: [],
      groups: [],
      computable: [],
      relations: [],
    });
  });
});
