import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Column, formatTable } from "#cli/table.ts";

interface Row {
  readonly name: string;
  readonly size: string;
  readonly why: string;
}

const columns: readonly Column<Row>[] = [
  { title: "Name", flexible: true, value: ({ name }) => name },
  { title: "Size", align: "right", value: ({ size }) => size },
  { title: "Why", flexible: true, value: ({ why }) => why },
];

describe("a table", () => {
  it("aligns its columns, and leaves no blanks at line ends", () => {
    const rows = [
      { name: "a", size: "5", why: "x" },
      { name: "longer", size: "1,000", why: "" },
    ];
    expect(formatTable(rows, columns, 80)).toEqual(["Name     Size  Why", "a           5  x", "longer  1,000"]);
  });

  it("fits the terminal: what gives way is cut, numbers never are", () => {
    const text = fc.string({ maxLength: 60, unit: fc.constantFrom("a", "b", " ", "_") });
    fc.assert(
      fc.property(
        fc.array(fc.record({ name: text, size: fc.nat().map(String), why: text })),
        fc.integer({ min: 40, max: 120 }),
        (rows, width) => {
          const lines = formatTable(rows, columns, width);
          for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
          for (const [index, { size }] of rows.entries()) expect(lines[index + 1]).toContain(size);
        },
      ),
    );
  });

  it("is as wide as it likes where there is no edge", () => {
    const why = "x".repeat(500);
    expect(formatTable([{ name: "a", size: "1", why }], columns, Number.POSITIVE_INFINITY)[1]).toContain(why);
  });

  it("keeps a row on its line, whatever a text holds", () => {
    expect(formatTable([{ name: "a\nb", size: "1", why: "c" }], columns, 80).length).toBe(2);
  });
});
