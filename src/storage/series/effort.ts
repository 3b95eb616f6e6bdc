/**
 * How hard a block is packed. Quick: zstd on byte planes, for what was just read and is soon read again. Dense: also a learned model of each
 * column, ten times slower and a tenth to a third smaller, for blocks that stay.
 */
export type Effort = "quick" | "dense";
