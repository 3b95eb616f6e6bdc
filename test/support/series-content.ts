import type { Storage } from "#storage/index.ts";

/** Every sample of a storage as `series time state`, in order of series and time. */
export async function samplesOf(storage: Storage): Promise<string[]> {
  const lines: string[] = [];
  for (const name of storage.series.names())
    for await (const { times, states } of storage.series.read(name))
      for (const [index, state] of states.toArray().entries()) lines.push(`${name} ${times[index]} ${state}`);
  return lines;
}
