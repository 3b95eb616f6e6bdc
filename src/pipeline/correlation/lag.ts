import type { EntityId } from "#model/entity.ts";
import type { Relation } from "#model/relation.ts";
import type { Grid } from "../grid/grid.ts";
import { ScratchColumn } from "../scratch-column.ts";
import { centre, lagged } from "./autocorrelation.ts";
import type { Signal } from "./signal.ts";

/** Lags looked at, in rows and as a share of them, to both sides. */
const mostLags = 48;
const lagShare = 0.125;
/** A lag is told when it fits better than none by so many times the noise of a correlation. */
const clearlyBetter = 3;

const scratch = [new ScratchColumn(), new ScratchColumn()] as const;

/** By how much b follows a; of their changes where these go together, else of their values. */
export function strongestLag(
  { a, b, change, r, n }: Pick<Relation, "a" | "b" | "change" | "r" | "n">,
  signals: ReadonlyMap<EntityId, Signal>,
  grid: Grid,
): Pick<Relation, "lagSeconds" | "lagged"> {
  const [first, second] = [signals.get(a), signals.get(b)];
  const byChanges = Math.abs(change) >= Math.abs(r) / 2;
  const none = { lagSeconds: 0, lagged: byChanges ? change : r };
  if (first === undefined || second === undefined) return none;
  const [x, y] = [first, second].map((signal, index) =>
    centre(byChanges ? signal.changes : signal.values, (scratch[index] as ScratchColumn).take(grid.rows)),
  ) as [Float64Array, Float64Array];
  const scale = Math.sqrt(lagged(x, x, grid.stretches, 0) * lagged(y, y, grid.stretches, 0));
  const at = (lag: number): number =>
    (lag >= 0 ? lagged(x, y, grid.stretches, lag) : lagged(y, x, grid.stretches, -lag)) / scale;
  const most = Math.min(mostLags, Math.floor(grid.rows * lagShare));
  const here = at(0);
  let best = { lag: 0, value: here };
  for (let lag = -most; lag <= most; lag += 1) {
    const value = at(lag);
    if (Math.abs(value) > Math.abs(best.value)) best = { lag, value };
  }
  if (Math.abs(best.value) - Math.abs(here) < clearlyBetter / Math.sqrt(n)) return none;
  return { lagSeconds: (best.lag * grid.width) / 1_000, lagged: best.value };
}
