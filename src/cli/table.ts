export interface Column<Row> {
  readonly title: string;
  readonly align?: "left" | "right";
  readonly value: (row: Row) => string;
  /** Takes what room is left and is cut with `…` when it is too little. One column may. */
  readonly flexible?: boolean;
}

/** Rows as lines that fit `width` columns; the flexible column gives way. */
export function formatTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], width: number): string[] {
  const cells = rows.map((row) => columns.map((column) => column.value(row).replaceAll("\n", " ")));
  const gap = "  ";
  const natural = columns.map((column, index) =>
    Math.max(column.title.length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  const others = natural.reduce((sum, size, index) => sum + (columns[index]?.flexible === true ? 0 : size), 0);
  const room = Math.max(8, width - others - gap.length * (columns.length - 1));
  const sizes = natural.map((size, index) => (columns[index]?.flexible === true ? Math.min(size, room) : size));
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
