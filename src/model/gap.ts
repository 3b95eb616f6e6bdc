/** A stretch of time (ms since 1970) in which changes may have happened unseen. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly cause: "start" | "connection-lost" | "home-assistant-restarted" | "refused" | "silence";
}
