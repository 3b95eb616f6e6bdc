import type { EntityId } from "#model/entity.ts";
import type { Sample } from "#model/sample.ts";

/** What came last of an entity. */
export interface Track {
  last: Sample | undefined;
  /** The batch that holds something of it, and the newest time in there. */
  batch: number;
  newest: number;
}

/** Remembers what came last of each entity: one look-up a sample, for all that has to be told from it. */
export class Recent {
  readonly #tracks = new Map<EntityId, Track>();
  #batch = 0;

  /** Nothing is in the batch yet. */
  beginBatch(): void {
    this.#batch += 1;
  }

  /**
   * The track of each sample of a delivery, now part of the batch. Undefined when one of them may tell of a moment that the batch tells of already: of what is older than
   * the newest, that is not remembered.
   */
  join(samples: readonly Sample[]): readonly Track[] | undefined {
    const tracks: Track[] = [];
    for (const { entityId, time } of samples) {
      let track = this.#tracks.get(entityId);
      if (track === undefined) {
        track = { last: undefined, batch: 0, newest: 0 };
        this.#tracks.set(entityId, track);
      }
      if (track.batch === this.#batch && time <= track.newest) return undefined;
      tracks.push(track);
    }
    for (const [index, track] of tracks.entries()) {
      const { time } = samples[index] as Sample;
      if (track.batch !== this.#batch || time > track.newest) track.newest = time;
      track.batch = this.#batch;
    }
    return tracks;
  }

  /**
   * `repeated`: the last one of its entity once more, as snapshots and overlapping history send them; only a cheap filter, the store is the judge. `late`: older than
   * the last one.
   */
  take(track: Track, sample: Sample): "new" | "repeated" | "late" {
    const { last } = track;
    if (last === undefined || sample.time > last.time) {
      track.last = sample;
      return "new";
    }
    if (sample.time < last.time) return "late";
    if (sample.state === last.state) return "repeated";
    track.last = sample;
    return "new";
  }
}
