/** What a plan would change in Home Assistant's configuration. */
export interface PlanPatch {
  /** Unified diffs, line by line; empty where nothing is to be changed. */
  readonly files: readonly { readonly file: string; readonly lines: readonly string[] }[];
  /** Why there is none, in a sentence; absent where it could be made. */
  readonly missing?: string;
}
