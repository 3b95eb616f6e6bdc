import type { EntityId } from "#model/entity.ts";
import type { Grid } from "../grid/grid.ts";
import type { Trace } from "../grid/trace.ts";
import { ScratchColumn } from "../scratch-column.ts";
import { autocorrelation } from "./autocorrelation.ts";
import { pearson } from "./pearson.ts";
import { ranks } from "./ranks.ts";
import type { ColumnHolder, RecentColumns } from "./recent-columns.ts";

/** Longest lag the autocorrelation is known for, as a share of the rows and in rows. */
const lagShare = 0.25;
const mostLags = 512;
/** Rank correlation with time. */
const trend = 0.95;
/** Changes to the other side: a counter that is set back. */
const mostBack = 0.02;

type Column = "values" | "changes" | "ranks" | "changeRanks";

/** One entity on the grid, with what is needed to compare it; each part is computed when it is asked for, and columns are kept as long as there is room. */
export class Signal implements ColumnHolder {
  readonly entityId: EntityId;
  readonly #trace: Trace;
  readonly #grid: Grid;
  readonly #recent: RecentColumns;
  readonly #columns = new Map<Column, Float64Array>();
  #memory: Float32Array | undefined;
  #changeMemory: Float32Array | undefined;
  #alongTime: number | undefined;
  #isMonotone: boolean | undefined;

  constructor(entityId: EntityId, trace: Trace, grid: Grid, recent: RecentColumns) {
    this.entityId = entityId;
    this.#trace = trace;
    this.#grid = grid;
    this.#recent = recent;
  }

  /** NaN where it showed no number. Rows at its ends, and of a trace that becomes coarser all, may show what was learned meanwhile. */
  get values(): Float64Array {
    return this.#column("values", () => this.#grid.column(this.#trace));
  }

  drop(name: Column): void {
    this.#columns.delete(name);
  }

  /** When it changed, in bins of the trace. */
  get changeTimes(): Uint32Array {
    return this.#trace.bins.subarray(0, this.#trace.count);
  }

  /** From one row to the next, also across a hole; NaN in the first row and where one of the two is not known. */
  get changes(): Float64Array {
    return this.#column("changes", () => differences(this.values));
  }

  get ranks(): Float64Array {
    return this.#column("ranks", () => ranks(this.values));
  }

  get changeRanks(): Float64Array {
    return this.#column("changeRanks", () => ranks(this.changes));
  }

  /** Autocorrelation of the values. */
  get memory(): Float32Array {
    this.#memory ??= this.#autocorrelation(this.values);
    return this.#memory;
  }

  get changeMemory(): Float32Array {
    this.#changeMemory ??= this.#autocorrelation(this.changes);
    return this.#changeMemory;
  }

  /** True for what keeps to one direction, such as a counter: beside time itself that proves no relation. */
  get isTrend(): boolean {
    return Math.abs(this.alongTime) > trend;
  }

  /** Rank correlation with time. */
  get alongTime(): number {
    this.#alongTime ??= pearson(this.ranks, rowNumbers(this.#grid.rows)).r;
    return this.#alongTime;
  }

  /** True for what nearly always moves in one direction: two such always seem to go together. */
  get isMonotone(): boolean {
    this.#isMonotone ??= this.#movesOneWay();
    return this.#isMonotone;
  }

  #column(name: Column, compute: () => Float64Array<ArrayBuffer>): Float64Array {
    const known = this.#columns.get(name);
    if (known !== undefined) return known;
    const column = compute();
    this.#columns.set(name, column);
    this.#recent.add(this, name, column);
    return column;
  }

  #movesOneWay(): boolean {
    let rises = 0;
    let falls = 0;
    const { changes } = this;
    for (let row = 0; row < changes.length; row += 1) {
      const change = changes[row] as number;
      if (change > 0) rises += 1;
      else if (change < 0) falls += 1;
    }
    return Math.min(rises, falls) <= mostBack * Math.max(rises, falls);
  }

  #autocorrelation(values: Float64Array): Float32Array {
    const lags = Math.min(mostLags, Math.floor(values.length * lagShare));
    return Float32Array.from(autocorrelation(values, this.#grid.stretches, lags));
  }
}

const scratch = new ScratchColumn();

function rowNumbers(rows: number): Float64Array {
  const numbers = scratch.take(rows);
  for (let row = 0; row < rows; row += 1) numbers[row] = row;
  return numbers;
}

function differences(values: Float64Array): Float64Array<ArrayBuffer> {
  const result = new Float64Array(values.length).fill(Number.NaN);
  for (let row = 1; row < values.length; row += 1) result[row] = (values[row] as number) - (values[row - 1] as number);
  return result;
}
