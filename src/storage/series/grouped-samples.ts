import { Head } from "./head.ts";
import { StateList, type States } from "./states.ts";

/** Samples of several series; those of one series stand behind one another, in time order, from `begin` to before `end`. */
export interface GroupedSamples {
  readonly times: Float64Array;
  readonly states: States;
  readonly groups: readonly { readonly seriesId: number; readonly begin: number; readonly end: number }[];
}

/** All that several hold, as one. Samples of one series and time keep their order. */
export function joinGroups(all: readonly GroupedSamples[]): GroupedSamples {
  const heads = new Map<number, Head>();
  for (const { times, states, groups } of all) {
    for (const { seriesId, begin, end } of groups) {
      const head = heads.get(seriesId) ?? new Head();
      heads.set(seriesId, head);
      head.add(times, states, begin, end);
    }
  }
  const times = new Float64Array([...heads.values()].reduce((sum, { count }) => sum + count, 0));
  const states = new StateList(times.length);
  let begin = 0;
  const groups = [...heads].map(([seriesId, head]) => {
    const slice = head.slice();
    times.set(slice.times, begin);
    for (let index = 0; index < head.count; index += 1) states.pushFrom(slice.states, index);
    const group = { seriesId, begin, end: begin + head.count };
    begin = group.end;
    return group;
  });
  return { times, states: states.view(), groups };
}
