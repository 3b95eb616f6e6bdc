/** One file of the store, and what of it counts. Times in ms since 1970. */
export interface StoredChunk {
  readonly name: string;
  readonly bytes: number;
  /** `merged`: mostly dense blocks; `written`: as it came; `open`: still written to. */
  readonly state: "merged" | "written" | "open";
  /** Of the blocks of values in it; 0 where it holds other things, or values that are no blocks yet. */
  readonly samples: number;
  readonly series: number;
  /** First and last of them; absent where there are none. */
  readonly from?: number;
  readonly to?: number;
}
