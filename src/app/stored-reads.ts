import { normalize } from "#ingest/normalize.ts";
import { valueOf } from "#pipeline/polling/polled-grid.ts";
import type { Repository } from "#repository/repository.ts";

/** What one read showed. */
export interface StoredRead {
  /** Seconds since the first of them, whole. */
  readonly tick: number;
  /** Texts are numbered as they come; NaN for no value. */
  readonly value: number;
}

/** What is older says little about now. */
const newestDays = 14;
const mostReads = 20_000;

/** What reads every `seconds` showed until `now` (ms since 1970), from the stored changes: the newest ones. */
export async function storedReads(
  repository: Repository,
  entityId: string,
  seconds: number,
  now: number,
): Promise<readonly StoredRead[]> {
  const from = Math.max(now - newestDays * 86_400_000, now - mostReads * seconds * 1_000);
  const reads: StoredRead[] = [];
  const texts = new Map<string, number>();
  const last = repository.samples.last(entityId);
  // It has not changed since: every read showed the same.
  const still = last !== undefined && last.time < from ? normalize(last) : undefined;
  let [next, shown] = still === undefined ? [Number.NaN, Number.NaN] : [from, valueOf(still, texts)];
  const readUntil = (time: number): void => {
    for (; next < time; next += seconds * 1_000) reads.push({ tick: Math.round((next - from) / 1_000), value: shown });
  };
  for await (const samples of repository.samples.read(entityId, { from })) {
    for (const sample of samples) {
      const reading = normalize(sample);
      if (reading === undefined) continue;
      if (Number.isNaN(next)) next = reading.time;
      readUntil(reading.time);
      shown = valueOf(reading, texts);
    }
  }
  readUntil(now + 1);
  return reads;
}
