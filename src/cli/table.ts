export interface Column<Row> {
  readonly title: string;
  readonly align?: "left" | "right";
  readonly value: (row: Row) => string;
  /** Gives way, the widest first, and is cut with `…` when the room is too little. */
  readonly flexible?: boolean;
}

const narrowest = 8;

/** Rows as lines that fit `width` columns; the flexible columns give way. */
export function formatTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], width: number): string[] {
  const cells = rows.map((row) => columns.map((column) => column.value(row).replaceAll("\n", " ")));
  const gap = "  ";
  const natural = columns.map((column, index) =>
    Math.max(column.title.length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  const sizes = [...natural];
  const tooWide = (): number => sizes.reduce((sum, size) => sum + size, gap.length * (columns.length - 1)) - width;
  while (tooWide() > 0) {
    const widest = columns.reduce(
      (best, column, index) =>
        column.flexible === true && (sizes[index] ?? 0) > (best === -1 ? narrowest : (sizes[best] ?? 0)) ? index : best,
      -1,
    );
    if (widest === -1) break;
    sizes[widest] = (sizes[widest] ?? 0) - 1;
  }
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) => fit(text, sizes[index] ?? 0, columns[index]?.align ?? "left"))
      .join(gap)
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...cells.map(line)];
}

function fit(text: string, size: number, align: "left" | "right"): string {
  const cut = text.length > size ? `${text.slice(0, Math.max(0, size - 1))}…` : text;
  return align === "right" ? cut.padStart(size) : cut.padEnd(size);
}
