import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type JsonFindings, type JsonMember, readMembers } from "#sources/legacy/json-members.ts";
import type { JsonValue } from "#sources/legacy/json-reader.ts";
import { isStatistics } from "#sources/legacy/legacy-shapes.ts";

async function* pieces(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield await Promise.resolve(text.slice(at, at + size));
}

async function read(text: string, size = 7): Promise<{ members: JsonMember[]; findings: JsonFindings }> {
  const findings: JsonFindings = { damage: [], notNumbers: 0 };
  const bytes = Buffer.from(text).toString("latin1");
  const members: JsonMember[] = [];
  for await (const member of readMembers(pieces(bytes, size), findings, isStatistics)) members.push(member);
  return { members, findings };
}

const brief = ({ key, value, complete, behindDamage }: JsonMember): unknown[] => [key, value, complete, behindDamage];

describe("the members of a whole object", () => {
  it("are what JSON.parse says, however the text is cut into pieces", async () => {
    const property = fc.asyncProperty(
      fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })),
      fc.integer({ min: 1, max: 50 }),
      fc.constantFrom(undefined, 2),
      async (object, size, indent) => {
        const { members, findings } = await read(JSON.stringify(object, null, indent), size);
        // More digits than a double has are kept; JSON.parse rounds them.
        const rounded = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? Number(value) : value);
        const text = JSON.stringify(Object.fromEntries(members.map(({ key, value }) => [key, value])), rounded);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(object)));
        expect(findings.damage).toEqual([]);
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });

  it("may hold what only Python writes", async () => {
    const { members, findings } = await read(
      '{"a": [NaN, Infinity, -Infinity, 9223372036854775807, -12345678901234567890], "b": 1.5e3}',
    );
    expect(members.map(({ value }) => value)).toEqual([
      [null, null, null, 9_223_372_036_854_775_807n, -12_345_678_901_234_567_890n],
      1_500,
    ]);
    expect(findings).toEqual({ damage: [], notNumbers: 3 });
  });

  it("may have any name, and change no prototype", async () => {
    const { members } = await read(
      '{"__proto__": {"constructor": 1, "__proto__": {"x": 2}}, "z\u00e4hler \\u00e4 \\ud83d\\ude00": 3}',
    );
    expect(members.map(({ key }) => key)).toEqual(["__proto__", "z\u00e4hler \u00e4 \u{1F600}"]);
    const value = members[0]?.value as Readonly<Record<string, JsonValue>>;
    expect(Object.keys(value)).toEqual(["constructor", "__proto__"]);
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  });
});

describe("of a damaged text", () => {
  const record = (polls: number): string => `{"poll_count": ${polls}}`;

  it("what is cut off is told from what is whole, at every place", async () => {
    const text = `{"a": ${record(12)}, "b": [{"timestamp": 1}, {"timestamp": 2}], "c": "text"}`;
    const { members: all } = await read(text);
    for (let length = 1; length < text.length; length += 1) {
      const { members, findings } = await read(text.slice(0, length));
      const whole = members.filter(({ complete }) => complete);
      expect(whole.map(brief)).toEqual(all.slice(0, whole.length).map(brief));
      expect(findings.damage.map(({ text: what }) => what)).toEqual(["is cut off"]);
      // Of the list, the records that are whole.
      const list = members.find(({ key, complete }) => key === "b" && !complete);
      for (const each of (list?.value ?? []) as readonly JsonValue[])
        if (list?.isComplete(each) === true)
          expect([{ timestamp: 1 }, { timestamp: 2 }]).toContainEqual({ ...(each as object) });
    }
  });

  it.each([
    ["zeros inside", `{"a": ${record(1)}, "b": {"poll_co\0\0\0\0: 5}, "c": ${record(3)}}`, "has zeros in it"],
    [
      "a piece of something else",
      `{"a": ${record(1)}, "b": {"poll_count" &/( "x": 5}, "c": ${record(3)}}`,
      "is damaged",
    ],
    ["a second object behind it", `{"a": ${record(1)}}{"c": ${record(3)}}`, "goes on behind its end"],
    ["no beginning", `count": 5}, "a": ${record(1)}, "c": ${record(3)}}`, "is damaged"],
    ["a text that is never closed", `{"a": ${record(1)}, "b": {"x": "tex"c": ${record(3)}}`, "is damaged"],
  ])("%s: what stands behind is found", async (_name, text, what) => {
    const { members, findings } = await read(text);
    const whole = members.filter(({ complete }) => complete).map(({ key }) => key);
    expect(whole).toEqual(["a", "c"]);
    expect(members.at(-1)?.behindDamage).toBe(true);
    expect(findings.damage.map((damage) => damage.text)).toContain(what);
  });

  it("nothing is found in what never was JSON", async () => {
    for (const text of [
      "",
      "\0".repeat(100),
      "hello",
      "[1, 2]",
      '"'.repeat(1_000),
      "[".repeat(10_000),
      "{".repeat(10_000),
    ]) {
      const { members, findings } = await read(text, 1_000);
      expect(members).toEqual([]);
      expect(findings.damage.length).toBeGreaterThan(0);
    }
  });
});
