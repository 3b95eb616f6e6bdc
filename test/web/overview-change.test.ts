import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Overview } from "#model/overview.ts";
import { changeBetween, type OverviewChange, type PanelState, panelState } from "#web/overview-change.ts";
import { busOverview, entityOverview, overviewOf } from "../support/overview.ts";

/** The browser's own module; it is checked with the browser's types, not with ours. */
const { applyChange } = (await import(new URL("../../src/web/ui/connection.js", import.meta.url).href)) as {
  readonly applyChange: (state: PanelState, change: OverviewChange) => PanelState;
};

describe("what became different", () => {
  it("is nothing when only the time is", () => {
    expect(changeBetween(panelState(overviewOf()), panelState(overviewOf({ at: 5 })))).toBeUndefined();
  });

  it("is a section, or an entity, and no more", () => {
    const after = overviewOf({
      at: 5,
      entities: [entityOverview("sensor.a", "keep"), entityOverview("sensor.b", "keep")],
    });
    const change = changeBetween(panelState(overviewOf()), panelState(after));
    expect(change?.entities.map(({ entity }) => entity.entityId)).toEqual(["sensor.a"]);
    expect(Object.keys(change?.sections ?? {})).toEqual(["verdict"]);
    expect(change).not.toHaveProperty("entityIds");
  });

  it("put on what the browser shows gives what the daemon has, over any sequence", () => {
    const overview = fc
      .record({
        at: fc.nat(),
        load: fc.constantFrom(0.1, 0.6, 1.2),
        ids: fc.uniqueArray(fc.constantFrom("sensor.a", "sensor.b", "sensor.c", "sensor.d")),
        action: fc.constantFrom("keep" as const, "slower" as const, "wait" as const),
        publishing: fc.constantFrom({}, { cause: "The broker is away." }),
      })
      .map(({ at, load, ids, action, publishing }): Overview =>
        overviewOf({
          at,
          publishing,
          buses: [busOverview("line", load)],
          entities: ids.map((id) => entityOverview(id, action)),
        }),
      );
    fc.assert(
      fc.property(fc.array(overview, { minLength: 2 }), (sequence) => {
        let daemon = panelState(sequence[0] as Overview);
        let browser = daemon;
        for (const next of sequence.slice(1).map(panelState)) {
          const change = changeBetween(daemon, next);
          daemon = next;
          browser = change === undefined ? { ...browser, at: next.at } : applyChange(browser, change);
        }
        expect(browser).toEqual(daemon);
      }),
    );
  });
});
