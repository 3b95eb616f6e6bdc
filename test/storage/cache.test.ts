import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { Cache, type CacheLevel, type CacheOptions } from "#storage/cache.ts";
import { ManualClock } from "../support/manual-clock.ts";

function newCache(options: Partial<CacheOptions<string>> = {}) {
  const clock = new ManualClock();
  return { clock, cache: new Cache<string>({ clock, bytes: 100_000, sizeOf: (value) => value.length, ...options }) };
}

/** A level that has everything, and says how often it was asked. */
function truth(values: Readonly<Record<string, string>>): CacheLevel<string> & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    get: async (key) => {
      asked.push(key);
      await Promise.resolve();
      return values[key];
    },
  };
}

describe("a cache", () => {
  it("gives what was set, and counts", () => {
    const { cache } = newCache();
    cache.setMany([
      ["a", "1"],
      ["b", "2"],
    ]);
    expect([...cache.getMany(["a", "b", "c"])]).toEqual([
      ["a", "1"],
      ["b", "2"],
    ]);
    expect(cache.counters()).toMatchObject({ entries: 2, hits: 2, misses: 1, evicted: 0 });
    expect(cache.counters().hitRate).toBeCloseTo(2 / 3, 12);
  });

  it("lets go what was used longest ago, first", () => {
    const { cache } = newCache({ entries: 2 });
    cache.set("a", "1");
    cache.set("b", "2");
    cache.peek("a");
    cache.set("c", "3");
    expect([...cache.getMany(["a", "b", "c"]).keys()]).toEqual(["a", "c"]);
    expect(cache.counters().evicted).toBe(1);
  });

  it("never holds more bytes than it may, whatever is done with it", () => {
    const operation = fc.tuple(
      fc.constantFrom("a", "b", "c", "d", "e"),
      fc.nat(3_000),
      fc.constantFrom("set", "get", "drop"),
    );
    fc.assert(
      fc.property(fc.array(operation), (operations) => {
        const { cache } = newCache({ bytes: 5_000 });
        let last: readonly [string, string] | undefined;
        for (const [key, size, what] of operations) {
          const value = "x".repeat(size);
          if (what === "set") cache.set(key, value);
          else if (what === "get") cache.peek(key);
          else cache.invalidate(key);
          if (what === "set") last = [key, value];
          else if (what === "drop" && last?.[0] === key) last = undefined;
          expect(cache.counters().bytes).toBeLessThanOrEqual(5_000);
        }
        if (last !== undefined) expect(cache.peek(last[0])).toBe(last[1]);
        for (const key of ["a", "b", "c", "d", "e"]) cache.invalidate(key);
        expect(cache.counters()).toMatchObject({ entries: 0, bytes: 0 });
      }),
    );
  });

  it("does not keep what is larger than all of it, nor the value it replaces", () => {
    const { cache } = newCache({ bytes: 1_000 });
    cache.set("a", "small");
    cache.set("a", "x".repeat(2_000));
    expect(cache.peek("a")).toBeUndefined();
  });

  it("forgets everything after its time, each value after its own", async () => {
    const { cache, clock } = newCache({ timeToLive: 1_000 });
    cache.set("a", "1");
    cache.set("b", "2", 5_000);
    await clock.advance(999);
    expect(cache.peek("a")).toBe("1");
    await clock.advance(1);
    expect([cache.peek("a"), cache.peek("b")]).toEqual([undefined, "2"]);
    clock.jump(-10_000_000);
    await clock.advance(4_000);
    expect(cache.peek("b")).toBeUndefined();
  });

  it("invalidates by key and by prefix", () => {
    const { cache } = newCache();
    cache.setMany([
      ["stats/a", "1"],
      ["stats/b", "2"],
      ["plan/a", "3"],
    ]);
    expect(cache.invalidate("plan/a")).toBe(true);
    expect(cache.invalidate("plan/a")).toBe(false);
    expect(cache.invalidatePrefix("stats/")).toBe(2);
    expect(cache.counters()).toMatchObject({ entries: 0, bytes: 0 });
  });
});

describe("levels", () => {
  it("are asked in order; what a later one has, the earlier ones keep", async () => {
    const { cache: memory } = newCache();
    const { cache: disk } = newCache();
    const source = truth({ a: "1" });
    expect(await memory.through("a", [disk, source])).toBe("1");
    expect([memory.peek("a"), disk.peek("a")]).toEqual(["1", "1"]);
    memory.invalidate("a");
    expect(await memory.through("a", [disk, source])).toBe("1");
    expect(source.asked).toEqual(["a"]);
    expect(await memory.through("nothing", [disk, source])).toBeUndefined();
  });

  it("are asked once, however many ask at the same time", async () => {
    const { cache } = newCache();
    const source = truth({ a: "1" });
    const answers = await Promise.all(Array.from({ length: 100 }, () => cache.through("a", [source])));
    expect(new Set(answers)).toEqual(new Set(["1"]));
    expect(source.asked).toEqual(["a"]);
  });

  it("that fail are passed on to all who wait, and asked again by the next", async () => {
    const { cache } = newCache();
    const get = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new Error("disk")).mockResolvedValue("1");
    const answers = await Promise.allSettled([cache.through("a", [{ get }]), cache.through("a", [{ get }])]);
    expect(answers.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await cache.through("a", [{ get }])).toBe("1");
  });

  it("do not bring back what was invalidated while it was loaded", async () => {
    const { cache } = newCache();
    const release = Promise.withResolvers<string>();
    const loading = cache.through("a", [{ get: () => release.promise }]);
    cache.invalidate("a");
    release.resolve("old");
    expect(await loading).toBe("old");
    expect(cache.peek("a")).toBeUndefined();
    expect(await cache.through("a", [truth({ a: "new" })])).toBe("new");
  });
});
