import type { Sample } from "#model/sample.ts";

/** What is wrong with a row. */
export interface RowProblem {
  readonly line: number;
  readonly text: string;
}

/** A format of text in which rows are samples. Fed piece by piece, bytes as characters. */
export interface RowFormat {
  /** With `end` the last row as well. A row that is a sample of nothing is left out. */
  push(text: string, end: boolean): Iterable<Sample | RowProblem>;
}
