import { describe, expect, it } from "vitest";
import { MemoryStore } from "#storage/backends/memory-store.ts";
import { Document } from "#storage/document.ts";

interface Settings {
  readonly budget: number;
  readonly panel: { readonly port: number; readonly dark: boolean };
}

const spec = {
  name: "settings",
  version: 1,
  defaults: { budget: 0.5, panel: { port: 8099, dark: false } },
  check: ({ budget }: Settings): string | undefined =>
    budget > 1 ? "a bus has no more than all of itself." : undefined,
};

describe("a document", () => {
  it("has its defaults where nothing is stored, deeply", async () => {
    const store = new MemoryStore();
    const settings = new Document<Settings>(store, spec);
    expect(await settings.read()).toEqual(spec.defaults);
    await new Document<object>(store, { name: "settings", version: 1 }).put({ panel: { dark: true } });
    expect(await settings.read()).toEqual({ budget: 0.5, panel: { port: 8099, dark: true } });
    expect(await settings.get()).toEqual({ panel: { dark: true } });
  });

  it("changes one after the other, and never to what is not valid", async () => {
    const settings = new Document<Settings>(new MemoryStore(), spec);
    await Promise.all(
      Array.from({ length: 20 }, () => settings.update((before) => ({ ...before, budget: before.budget + 0.01 }))),
    );
    expect((await settings.read()).budget).toBeCloseTo(0.7);
    await expect(settings.update((before) => ({ ...before, budget: 2 }))).rejects.toThrow("no more than all of itself");
    expect((await settings.read()).budget).toBeCloseTo(0.7);
  });

  it("without value and defaults says so", async () => {
    const empty = new Document<Settings>(new MemoryStore(), { name: "empty", version: 1 });
    expect(await empty.get()).toBeUndefined();
    await expect(empty.read()).rejects.toMatchObject({ code: "STORE_VALUE_INVALID" });
  });
});
