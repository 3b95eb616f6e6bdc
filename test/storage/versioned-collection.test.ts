import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryStore } from "#storage/backends/memory-store.ts";
import { VersionedCollection } from "#storage/versioned-collection.ts";
import { ManualClock } from "../support/manual-clock.ts";

const newVersions = (keep?: number): VersionedCollection<unknown> =>
  new VersionedCollection(new MemoryStore(), {
    name: "plans",
    version: 1,
    clock: new ManualClock(),
    ...(keep === undefined ? {} : { keep }),
  });

describe("versioned records", () => {
  it("keep the newest so many versions, each as it was", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.json(), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 6 }),
        async (values, keep) => {
          const versions = newVersions(keep);
          for (const value of values) await versions.put("a", JSON.parse(value));
          const listed = await versions.list("a");
          expect(listed.map(({ number }) => number)).toEqual(
            Array.from({ length: Math.min(keep, values.length) }, (_, index) => values.length - index),
          );
          for (const { number } of listed)
            expect(await versions.get("a", number)).toEqual(JSON.parse(values[number - 1] as string));
          expect(await versions.get("a", values.length - keep)).toBeUndefined();
          expect(await versions.get("a", values.length + 1)).toBeUndefined();
        },
      ),
      { numRuns: 60 },
    );
  });

  it("take a few bytes for a small change of a large one", async () => {
    const versions = newVersions();
    const large = Array.from({ length: 3_000 }, (_, index) => ({ index, value: Math.sin(index) }));
    await versions.put("a", large);
    await versions.put("a", large.with(1_000, { index: 1_000, value: 7 }));
    const [newest, before] = await versions.list("a");
    expect(newest?.bytes).toBeGreaterThan(30_000);
    expect(before?.bytes).toBeLessThan(200);
  });

  it("go back to an older one as a new version, and are gone with all of them", async () => {
    const versions = newVersions();
    for (const value of ["first", "second", "third"]) await versions.put("a", value);
    expect(await versions.revert("a", 1)).toBe(4);
    expect(await versions.get("a")).toBe("first");
    expect(await versions.get("a", 3)).toBe("third");
    await expect(versions.revert("a", 9)).rejects.toMatchObject({ code: "STORE_VALUE_INVALID" });
    await versions.delete("a");
    expect(await versions.list("a")).toEqual([]);
    expect(await versions.put("a", "new")).toBe(1);
    expect((await versions.list("a")).length).toBe(1);
  });
});
