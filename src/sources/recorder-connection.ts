import type { RecorderDialect } from "./recorder-schema.ts";

/** One state of the recorder. Arrays are read a third faster than objects. */
export type RecorderRow = readonly [
  entityId: string,
  /** Unix seconds. */
  updated: number,
  state: string,
  at: number | string,
  id: number,
];

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
