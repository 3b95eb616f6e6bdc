import type { IntervalRecord } from "#model/interval-record.ts";
import type { LegacyStatistics } from "#model/legacy.ts";
import type { JsonMember } from "./json-members.ts";
import type { JsonObject, JsonValue } from "./json-reader.ts";
import { type FileGather, rankOf } from "./legacy-gather.ts";
import { legacyStatistics, plain } from "./legacy-record.ts";
import { historyList, isObject } from "./legacy-shapes.ts";
import { unixTime } from "./written-time.ts";

/** Stated once, as what every decision of the old package has in common. */
const origin = "legacy";

/** Records of entities out of many files: of each entity the freshest statistics, and every decision once. */
export class LegacyRecords {
  readonly #zone: string | undefined;
  readonly #statistics = new Map<string, Candidate>();
  readonly #history = new Map<string, Map<number, { record: IntervalRecord; gather: FileGather }>>();

  constructor(zone: string | undefined) {
    this.#zone = zone;
  }

  /** In the order in which their names were met. */
  get statistics(): LegacyStatistics[] {
    return [...this.#statistics.values()].map(({ record }) => record);
  }

  /** By name, and then by time. */
  get history(): IntervalRecord[] {
    return [...this.#history.values()].flatMap((records) =>
      [...records.values()].map(({ record }) => record).toSorted((a, b) => a.time - b.time),
    );
  }

  has(name: string): boolean {
    return this.#statistics.has(name);
  }

  takeStatistics(gather: FileGather, name: string, value: JsonObject): void {
    if (Object.keys(value).length === 0) {
      gather.placeholders += 1;
      return;
    }
    const record = legacyStatistics(name, value, gather.label, this.#zone);
    const known = this.#statistics.get(name);
    if (known === undefined || isFresher({ record, gather }, known)) {
      if (known !== undefined) {
        known.gather.taken -= 1;
        known.gather.shadowed += 1;
      }
      this.#statistics.set(name, { record, gather });
      gather.taken += 1;
    } else {
      gather.shadowed += 1;
    }
  }

  /** Of a list that was cut off, what is whole. */
  takeHistory(gather: FileGather, name: string, value: JsonValue, member: JsonMember): void {
    const list = historyList(value);
    if (list?.length === 0 && member.complete) gather.placeholders += 1;
    for (const each of list ?? []) {
      if (!isObject(each) || !member.isComplete(each)) continue;
      const { timestamp, interval, ...more } = each;
      const time = unixTime(timestamp);
      if (time === undefined || typeof interval !== "number" || !(interval > 0)) continue;
      const records = this.#history.get(name) ?? new Map<number, { record: IntervalRecord; gather: FileGather }>();
      const record = {
        entityId: name,
        time,
        interval,
        reason: "Decided by the older Python package.",
        origin,
        ...(Object.keys(more).length === 0 ? {} : { extra: plain(more) as Readonly<Record<string, unknown>> }),
      };
      const known = records.get(time);
      if (known !== undefined && rankOf(known.gather.place) <= rankOf(gather.place)) {
        gather.shadowed += 1;
        continue;
      }
      if (known !== undefined) {
        known.gather.taken -= 1;
        known.gather.shadowed += 1;
      }
      records.set(time, { record, gather });
      this.#history.set(name, records);
      gather.taken += 1;
    }
  }
}

interface Candidate {
  readonly record: LegacyStatistics;
  readonly gather: FileGather;
}

/** By its date, then by where it stands. */
function isFresher(one: Candidate, other: Candidate): boolean {
  const difference = (one.record.updated ?? 0) - (other.record.updated ?? 0);
  return difference === 0 ? rankOf(one.gather.place) < rankOf(other.gather.place) : difference > 0;
}
