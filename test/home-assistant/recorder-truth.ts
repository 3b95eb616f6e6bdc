import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runCadence } from "../support/daemon.ts";
import type { RecordedState } from "./bench.ts";

/** Everything a store holds, by `store export` into the folder `target`. */
export async function storedSamples(store: string, target: string): Promise<readonly RecordedState[]> {
  const exported = await runCadence(["store", "export", "--store", store, "--to", target]);
  if (exported.code !== 0) throw new Error(`store export ended with ${exported.code}: ${exported.stderr}`);
  return readFileSync(join(target, "samples.csv"), "utf8")
    .split("\n")
    .slice(1, -1)
    .map((line) => {
      const [entityId = "", time, ...state] = line.split(",");
      return { entityId, time: Number(time), state: state.join(",") };
    });
}

/** What the recorder wrote and we do not have, and what we have and it did not write; each as often as it occurs. */
export function differences(
  truth: readonly RecordedState[],
  ours: readonly RecordedState[],
): { readonly missing: readonly string[]; readonly extra: readonly string[] } {
  const [all, stored] = [truth.map(asLine), ours.map(asLine)];
  return { missing: without(all, stored), extra: without(stored, all) };
}

function asLine({ entityId, time, state }: RecordedState): string {
  return `${entityId} ${time} ${state}`;
}

/** Lines of `all` that `others` does not have, counted. */
function without(all: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return all.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
