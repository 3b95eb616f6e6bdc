export const windowNames = ["1h", "24h", "7d", "all"] as const;
export type WindowName = (typeof windowNames)[number];

/** Figures of one entity over the last hour, day, week, or all time; values in its unit, weighted by the time they were shown. */
export interface WindowStatistics {
  readonly window: WindowName;
  /** ms since 1970; up to one pane (half an hour, six hours, a day) before the window. */
  readonly from: number;
  readonly changes: number;
  /** Share of the time with a value. */
  readonly availability: number;
  /** These are absent when there was no number. */
  readonly mean?: number;
  readonly deviation?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly quantiles?: Readonly<Record<"p05" | "p25" | "p50" | "p75" | "p95", number>>;
  /** The share of the time below a quantile is off by at most this. */
  readonly rankError?: number;
}
