import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CsvParser, type CsvRecord } from "#sources/csv-parser.ts";

function parse(text: string, pieces: readonly number[] = []): CsvRecord[] {
  const parser = new CsvParser();
  const records: CsvRecord[] = [];
  let from = 0;
  for (const to of pieces.toSorted((a, b) => a - b)) {
    records.push(...parser.push(text.slice(from, to)));
    from = Math.max(from, to);
  }
  records.push(...parser.push(text.slice(from), true));
  return records;
}

const fieldsOf = (text: string): (readonly string[])[] => parse(text).map(({ fields }) => fields);

describe("records of a CSV file", () => {
  it.each([
    [
      "LF",
      "a,b\nc,d\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "CRLF",
      "a,b\r\nc,d\r\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "no line end at the end",
      "a,b\nc,d",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "blank lines",
      "\n\na,b\n\r\n\nc,d\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "empty fields",
      ",\n,,\n",
      [
        ["", ""],
        ["", "", ""],
      ],
    ],
    ["commas in quotes", '"a,b",c\n', [["a,b", "c"]]],
    ["quotes in quotes", '"say ""hi""",c\n', [['say "hi"', "c"]]],
    ["line ends in quotes", '"a\nb","c\r\nd"\n', [["a\nb", "c\r\nd"]]],
    ["an empty quoted field", '"",""\n', [["", ""]]],
  ])("end with, or hold: %s", (_what, text, expected) => {
    expect(fieldsOf(text)).toEqual(expected);
  });

  it("know the line they begin in, also behind fields with line ends", () => {
    expect(parse('h\n"a\nb\nc",d\ne\n').map(({ line }) => line)).toEqual([1, 2, 5]);
  });

  it("are malformed with text behind a closing quote, or a quote within", () => {
    expect(parse('"a"b,c\nd"e,f\ng,h\n').map(({ malformed }) => malformed)).toEqual([true, true, false]);
  });

  it("with a quote that is never closed cost their own line alone", () => {
    const many = Array.from({ length: 20_000 }, (_, index) => `row,${index}\n`).join("");
    const records = parse(`a,b\n"open,c\n${many}`);
    expect(records.length).toBe(20_002);
    expect(records[1]).toMatchObject({ line: 2, malformed: true });
    expect(records.at(-1)).toMatchObject({ line: 20_002, fields: ["row", "19999"], malformed: false });
  });

  it("with a quote that is never closed take no longer among thousands of quotes", () => {
    const records = parse(`a,b\n"open,c\n${'""\n'.repeat(30_000)}`);
    expect(records.length).toBe(30_002);
    expect(records[1]).toMatchObject({ line: 2, malformed: true });
  });

  it("come back as they were written, wherever the pieces are cut", () => {
    const field = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", " ", "é") });
    fc.assert(
      fc.property(
        fc.array(fc.array(field, { minLength: 2, maxLength: 3 }), { minLength: 1 }),
        fc.infiniteStream(fc.nat()),
        (rows, cuts) => {
          const text = rows
            .map((row) => `${row.map((value) => `"${value.replaceAll('"', '""')}"`).join(",")}\n`)
            .join("");
          const pieces = [...cuts.take(5)].map((cut) => cut % (text.length + 1));
          expect(parse(text, pieces).map(({ fields }) => fields)).toEqual(rows);
        },
      ),
    );
  });
});
