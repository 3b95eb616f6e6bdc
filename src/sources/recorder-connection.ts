import type { RecorderDialect } from "./recorder-schema.ts";

/** What every row begins with. Arrays are read a third faster than objects. Times in Unix seconds. */
type RowHead<Value> = readonly [entityId: string, time: number, state: Value, at: number | string, id: number];

/** One state. `reported`: when it was last read without being another; null when it was not, or that is not kept. */
export type StateRow = readonly [...RowHead<string>, reported: number | null];

/** One hour of the long-term statistics. */
export type StatisticsRow = readonly [
  ...RowHead<number | null>,
  mean: number | null,
  minimum: number | null,
  maximum: number | null,
  sum: number | null,
];

export type RecorderRow = StateRow | StatisticsRow;

/** An open recorder data base, for reading only. */
export interface RecorderConnection extends AsyncDisposable {
  readonly dialect: RecorderDialect;
  /** Names of the columns of a table; empty when there is none. */
  columns(table: string): Promise<ReadonlySet<string>>;
  /** The first value of the first row, if it is a number or a text. */
  value(query: string, parameters?: readonly number[]): Promise<number | string | undefined>;
  /** At most `count` rows behind a place. */
  page(
    query: string,
    place: { readonly at: number | string; readonly id: number },
    count: number,
  ): Promise<readonly RecorderRow[]>;
}
