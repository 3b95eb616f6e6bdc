import { expect, it } from "vitest";
import { RateLimit } from "#web/rate-limit.ts";
import { ManualClock } from "../support/manual-clock.ts";

it("lets a burst through, then so many a second, each who asks for himself", async () => {
  const clock = new ManualClock();
  const limit = new RateLimit({ clock, burst: 3, perSecond: 2 });
  const ask = (who: string, times: number): boolean[] => Array.from({ length: times }, () => limit.allow(who));
  expect(ask("a", 4)).toEqual([true, true, true, false]);
  expect(ask("b", 1)).toEqual([true]);
  await clock.advance(1_000);
  expect(ask("a", 3)).toEqual([true, true, false]);
  await clock.advance(60_000);
  expect(ask("a", 4)).toEqual([true, true, true, false]);
});

it("keeps a bounded number of names: the rest share one bucket", () => {
  const limit = new RateLimit({ clock: new ManualClock(), burst: 1, perSecond: 0 });
  for (let name = 0; name < 256; name += 1) expect(limit.allow(`user ${name}`)).toBe(true);
  expect([limit.allow("one more"), limit.allow("another")]).toEqual([true, false]);
  expect(limit.allow("user 0")).toBe(false);
});

it("forgets who was not there for long enough, so that whoever comes later has a bucket of their own", async () => {
  const clock = new ManualClock();
  const limit = new RateLimit({ clock, burst: 2, perSecond: 1 });
  for (let name = 0; name < 256; name += 1) limit.allow(`user ${name}`);
  await clock.advance(3_000);
  expect(["a", "a", "b", "b", "b"].map((who) => limit.allow(who))).toEqual([true, true, true, true, false]);
});
