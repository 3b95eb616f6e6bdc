/** A stretch of time (ms since 1970) in which changes may have happened unseen. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  /** `host-clock` and `home-assistant-clock`: that clock was set; times on both sides of it may not be compared. */
  readonly cause:
    | "start"
    | "connection-lost"
    | "home-assistant-restarted"
    | "refused"
    | "silence"
    | "host-clock"
    | "home-assistant-clock";
}
