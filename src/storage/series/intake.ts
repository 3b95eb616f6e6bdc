import { CadenceError } from "#core/errors.ts";
import type { GroupedSamples } from "./grouped-samples.ts";
import type { SeriesState } from "./series-state.ts";
import { StateList, States } from "./states.ts";

/** One sample: `time` in whole milliseconds since 1970. */
export interface SeriesSample {
  readonly series: string;
  readonly time: number;
  readonly state: string;
}

const longestName = 500;
const longestText = 65_536;
/** Whole milliseconds whose magnitude the block format can hold. */
const farthestTime = 2 ** 49;

/** The samples of one series within one append. */
export interface IntakeGroup {
  readonly state: SeriesState;
  begin: number;
  end: number;
  /** False when a sample might be stored already, or is not in order: then somebody has to look. */
  fresh: boolean;
  /** Of the newest so far. */
  time: number;
}

export interface Intake {
  readonly times: Float64Array;
  readonly states: States;
  readonly groups: readonly IntakeGroup[];
}

/**
 * Sorts the samples of an append by series, in columns that are used again and again: what `group` returns holds until it is called again.
 * This is the way of every sample, so nothing is allocated for one.
 */
export class IntakeColumns {
  readonly #parsed = new StateList(1_024);
  #of = new Int32Array(1_024);
  #times = new Float64Array(1_024);
  #values = new Float64Array(1_024);
  #decimals = new Uint8Array(1_024);

  /** `stateOf` finds or makes a series. Throws STORE_VALUE_INVALID before anything is made. */
  group(samples: readonly SeriesSample[], stateOf: (name: string) => SeriesState): Intake {
    for (const sample of samples) check(sample);
    const { length } = samples;
    this.#reserve(length);
    this.#parsed.clear();
    const groups: IntakeGroup[] = [];
    const numbers = new Map<string, number>();
    let number = -1;
    let name: string | undefined;
    for (let index = 0; index < length; index += 1) {
      const { series, time, state } = samples[index] as SeriesSample;
      if (series !== name) {
        name = series;
        number = numbers.get(series) ?? -1;
        if (number < 0) {
          number = groups.length;
          numbers.set(series, number);
          const found = stateOf(series);
          groups.push({ state: found, begin: 0, end: 0, fresh: true, time: found.lastTime });
        }
      }
      const group = groups[number] as IntakeGroup;
      if (time <= group.time) group.fresh = false;
      group.time = time;
      group.end += 1;
      this.#of[index] = number;
      this.#parsed.push(state);
    }
    return this.#arrange(samples, groups);
  }

  #arrange(samples: readonly SeriesSample[], groups: readonly IntakeGroup[]): Intake {
    let next = 0;
    for (const group of groups) {
      group.begin = next;
      next += group.end;
      group.end = group.begin;
    }
    const parsed = this.#parsed.view();
    for (let index = 0; index < samples.length; index += 1) {
      const group = groups[this.#of[index] as number] as IntakeGroup;
      const place = group.end;
      group.end += 1;
      this.#times[place] = (samples[index] as SeriesSample).time;
      this.#values[place] = parsed.values[index] as number;
      this.#decimals[place] = parsed.decimals[index] as number;
    }
    const times = this.#times.subarray(0, next);
    const states = new States(this.#decimals.subarray(0, next), this.#values.subarray(0, next), parsed.texts);
    return { times, states, groups };
  }

  #reserve(count: number): void {
    if (count <= this.#of.length) return;
    this.#of = new Int32Array(count);
    this.#times = new Float64Array(count);
    this.#values = new Float64Array(count);
    this.#decimals = new Uint8Array(count);
  }
}

/** What of an intake is new, for the log and the heads. */
export function grouped({ times, states, groups }: Intake): GroupedSamples {
  return { times, states, groups: groups.map(({ state, begin, end }) => ({ seriesId: state.id, begin, end })) };
}

function check({ series, time, state }: SeriesSample): void {
  if (
    series.length > 0 &&
    series.length <= longestName &&
    Number.isInteger(time) &&
    Math.abs(time) < farthestTime &&
    state.length <= longestText
  )
    return;
  throw new CadenceError(
    "STORE_VALUE_INVALID",
    `A sample of “${series.slice(0, 80)}” cannot be stored: time ${time}, ${state.length} characters.`,
    {
      remedy: `Times are whole milliseconds, texts at most ${longestText} characters, names 1 to ${longestName}.`,
    },
  );
}
