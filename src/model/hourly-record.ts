/** What one hour was like, as far as it is kept for years. */
export interface HourlyRecord {
  /** End of the hour, ms since 1970. */
  readonly time: number;
  /** Share of each bus that was asked for, by its id. */
  readonly loads: Readonly<Record<string, number>>;
  /** Bytes handed to the operating system in it. */
  readonly written: number;
}
