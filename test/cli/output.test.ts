import { afterEach, describe, expect, it, vi } from "vitest";
import { createOutput } from "#cli/output.ts";

afterEach(() => vi.restoreAllMocks());

/** What goes to stdout from now on. */
function written(): readonly string[] {
  const texts: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => texts.push(String(text)) > 0);
  return texts;
}

async function* slices(fails: boolean): AsyncGenerator<readonly object[]> {
  yield [{ time: 1 }, { time: 2 }];
  yield [];
  if (fails) throw new Error("The disk is gone.");
  yield [{ time: Number.NaN }];
}

describe("a list that is written as it comes", () => {
  it("is one JSON document", async () => {
    const texts = written();
    await createOutput(true).list({ entityId: "sensor.[a]" }, "rows", slices(false));
    expect(JSON.parse(texts.join(""))).toEqual({
      entityId: "sensor.[a]",
      rows: [{ time: 1 }, { time: 2 }, { time: null }],
    });
  });

  it("stays cut off where it fails, and nothing stands behind it", async () => {
    const texts = written();
    const out = createOutput(true);
    await expect(out.list({}, "rows", slices(true))).rejects.toThrow("The disk is gone.");
    const before = texts.join("");
    out.document({ error: { code: "STORE_IO" } });
    expect(texts.join("")).toBe(before);
    expect(before).toContain('{"time":2}');
    expect(() => JSON.parse(before) as unknown).toThrow(SyntaxError);
  });

  it("is nothing for people", async () => {
    const texts = written();
    await createOutput(false).list({}, "rows", slices(false));
    expect(texts).toEqual([]);
  });
});
