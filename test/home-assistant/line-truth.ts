import type { Bench, ConfiguredSensor, Transaction } from "./bench.ts";

/** Share of the time from `from` to `to` (ms since 1970) in which the line carried something, of `sensors` alone where they are given. */
export function busyShare(bench: Bench, from: number, to: number, sensors?: readonly ConfiguredSensor[]): number {
  const registers = new Set(sensors?.map(({ unit, address }) => `${unit} ${address}`));
  const busy = bench.transactions
    .filter(({ begun }) => begun >= from && begun < to)
    .filter(({ unit, address }) => sensors === undefined || registers.has(`${unit} ${address}`))
    .reduce((sum, { begun, ended }) => sum + ended - begun, 0);
  return busy / (to - from);
}

/** Seconds between reads of a register on the line; gaps over two and a half times the median (the restart) are none. */
export function meanGap(bench: Bench, { unit, address }: ConfiguredSensor, from: number, to: number): number {
  const ends = bench.transactions
    .filter(
      (transaction) =>
        transaction.unit === unit &&
        transaction.address === address &&
        transaction.ended >= from &&
        transaction.ended < to,
    )
    .map(({ ended }) => ended);
  const gaps = ends.slice(1).map((end, index) => end - (ends[index] as number));
  const median = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? Number.NaN;
  const regular = gaps.filter((gap) => gap <= 2.5 * median);
  return regular.reduce((sum, gap) => sum + gap, 0) / regular.length / 1_000;
}

/** Largest share of any stretch of `window` ms that these reads kept the line busy. */
export function largestShare(reads: readonly Transaction[], window: number): number {
  let [largest, sum, first] = [0, 0, 0];
  for (const { begun, ended } of reads) {
    sum += ended - begun;
    while ((reads[first] as Transaction).begun <= begun - window) {
      const gone = reads[first] as Transaction;
      sum -= gone.ended - gone.begun;
      first += 1;
    }
    largest = Math.max(largest, sum / window);
  }
  return largest;
}

/** Mean over the time from `from` to `to` of how long ago a register was read, in ms; it must have been read before. */
export function meanAge(
  reads: readonly Transaction[],
  { unit, address }: ConfiguredSensor,
  from: number,
  to: number,
): number {
  const ends = reads.filter((read) => read.unit === unit && read.address === address).map(({ ended }) => ended);
  const inside = ends.filter((end) => end > from && end < to);
  const last = ends.filter((end) => end <= from).at(-1) ?? Number.NaN;
  const edges = [last, ...inside];
  return (
    edges.reduce((sum, end, index) => {
      const [begin, until] = [Math.max(end, from), edges[index + 1] ?? to];
      return sum + ((until - end) ** 2 - (begin - end) ** 2) / 2;
    }, 0) /
    (to - from)
  );
}
