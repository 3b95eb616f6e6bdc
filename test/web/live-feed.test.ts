import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import type { Clock } from "#core/clock.ts";
import { LiveFeed } from "#web/live-feed.ts";
import { overviewOf } from "../support/overview.ts";

/** A feed with one page, whose overview takes so many ms to work out, and the waits between what it told. */
function feedOf(milliseconds: number) {
  let elapsed = 0;
  let tick: (() => void) | undefined;
  const waits: number[] = [];
  const clock: Clock = {
    now: () => elapsed,
    monotonic: () => elapsed,
    after: (wait, run) => {
      waits.push(wait);
      tick = run;
      const cancel = (): void => {};
      return { cancel, [Symbol.dispose]: cancel };
    },
  };
  const overview = (): ReturnType<typeof overviewOf> => {
    elapsed += milliseconds;
    return overviewOf();
  };
  const sent: string[] = [];
  const socket = Object.assign(new EventEmitter(), { bufferedAmount: 0, send: (text: string) => void sent.push(text) });
  new LiveFeed(overview, clock).add(socket as unknown as WebSocket);
  return { waits, sent, tick: () => tick?.() };
}

describe("how often a page is told", () => {
  it("is once a second for a house", () => {
    const { waits, sent, tick } = feedOf(2);
    tick();
    tick();
    expect(waits).toEqual([1_000, 1_000, 1_000]);
    expect(sent).toHaveLength(3);
  });

  it("is so seldom for a building that a twentieth of the time goes into it", () => {
    const { waits, tick } = feedOf(200);
    tick();
    expect(waits).toEqual([1_000, 4_000]);
  });
});
