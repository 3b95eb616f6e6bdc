import type { ChunkSet } from "./chunk-set.ts";

/** Which chunks are rewritten: those of which at most the share `live` is live, and, with `logs`, all sealed logs. */
export interface WorthRewriting {
  readonly live: number;
  readonly logs: boolean;
  /** These in any case. */
  readonly force?: ReadonlySet<number>;
}

/** Live values are carried out of a chunk when less than this share of it is live. */
export const worthKeeping = 0.7;
const hardlyAnything = 0.1;
/** Live bytes carried along by one bulk write at the most. */
const mostCarried = 16 * 1024 * 1024;

export interface RetirementOptions extends WorthRewriting {
  /** Keys that are about to go. */
  readonly leaving: ReadonlySet<string>;
  /** Chunks that must stay. */
  readonly unmovable: ReadonlySet<number>;
  readonly sealedNow?: number | undefined;
}

/** Sealed chunks of which little stays live. */
export function retiringChunks(set: ChunkSet, options: RetirementOptions): Set<number> {
  const { leaving, unmovable, live: share, logs, force, sealedNow } = options;
  const live = new Map(
    [...set.chunks.values()].filter(({ sealed }) => sealed).map(({ id, liveBytes }) => [id, liveBytes]),
  );
  for (const key of leaving) {
    const location = set.index.get(key);
    const left = location === undefined ? undefined : live.get(location.chunk);
    if (location !== undefined && left !== undefined) live.set(location.chunk, left - set.bytesOf(key, location));
  }
  // A chunk that is missing goes from the manifest.
  const retiring = new Set([...(force ?? [])].filter((id) => !set.chunks.has(id)));
  let carried = 0;
  for (const [id, bytes] of live) {
    const state = set.chunks.get(id);
    // What came while the bulk was made ready is in the log that was sealed just now, and will be gone with the next.
    const most = id === sealedNow && !logs ? hardlyAnything : share;
    const worth = bytes <= (state?.file.size ?? 0) * most || (logs && state?.purpose === "log");
    if (force?.has(id) === true) {
      retiring.add(id);
      continue;
    }
    if (unmovable.has(id) || !worth || carried + bytes > mostCarried) continue;
    carried += bytes;
    retiring.add(id);
  }
  return retiring;
}
