import { normalize } from "#ingest/normalize.ts";
import { valueOf } from "#pipeline/polling/polled-grid.ts";
import type { Repository } from "#repository/repository.ts";

/** What one read showed. */
export interface StoredRead {
  /** Seconds since the first of them, whole. */
  readonly tick: number;
  /** Texts are numbered as they come; NaN for no value, and between stretches. */
  readonly value: number;
}

/** What is older says little about now. */
const newestDays = 14;
const mostReads = 5_000;
/** Where there are more, they are taken in so many stretches over all of the time: nights and days, weekdays and Sundays. */
const stretches = 24;

/** What reads every `seconds` showed until `now` (ms since 1970), from the stored changes; at most 5,000. */
export async function storedReads(
  repository: Repository,
  entityId: string,
  seconds: number,
  now: number,
): Promise<readonly StoredRead[]> {
  const first = repository.samples.extent(entityId)?.first ?? now;
  const begin = Math.max(now - newestDays * 86_400_000, first);
  const period = seconds * 1_000;
  const count = Math.floor((now - begin) / period) + 1;
  const length = (mostReads / stretches) * period;
  const starts =
    count <= mostReads
      ? [begin]
      : Array.from({ length: stretches }, (_, index) => begin + ((now - begin - length) * index) / (stretches - 1));
  const reads: StoredRead[] = [];
  const texts = new Map<string, number>();
  for (const from of starts) {
    const to = count <= mostReads ? now + 1 : Math.min(now + 1, from + length);
    const before = await repository.samples.lastBefore(entityId, from);
    const reading = before === undefined ? undefined : normalize(before);
    let shown = reading === undefined ? Number.NaN : valueOf(reading, texts);
    let next = from;
    const readUntil = (time: number): void => {
      for (; next < time; next += period) reads.push({ tick: Math.round((next - begin) / 1_000), value: shown });
    };
    if (reads.length > 0) reads.push({ tick: Math.round((from - begin) / 1_000) - 1, value: Number.NaN });
    for await (const samples of repository.samples.read(entityId, { from, to })) {
      for (const sample of samples) {
        const changed = normalize(sample);
        if (changed === undefined) continue;
        readUntil(changed.time);
        shown = valueOf(changed, texts);
      }
    }
    readUntil(to);
  }
  return reads;
}
