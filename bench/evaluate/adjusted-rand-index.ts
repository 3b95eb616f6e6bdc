/**
 * How well two ways to group the same items agree: 1 for the same groups, about 0 for chance (Hubert and Arabie, Journal of Classification 2, 1985). Items in no group are groups of their own.
 */
export function adjustedRandIndex(
  items: readonly string[],
  first: readonly (readonly string[])[],
  second: readonly (readonly string[])[],
): number {
  const a = labels(items, first);
  const b = labels(items, second);
  const both = items.map((item) => `${a.get(item)} ${b.get(item)}`);
  const pairs = (counted: Iterable<string>): number =>
    [...counts(counted).values()].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
  const [together, inFirst, inSecond] = [pairs(both), pairs(a.values()), pairs(b.values())];
  const expected = (inFirst * inSecond) / ((items.length * (items.length - 1)) / 2);
  const most = (inFirst + inSecond) / 2;
  return most === expected ? 1 : (together - expected) / (most - expected);
}

function labels(items: readonly string[], groups: readonly (readonly string[])[]): ReadonlyMap<string, string> {
  const result = new Map(items.map((item) => [item, `alone ${item}`]));
  for (const [index, group] of groups.entries()) {
    for (const item of group) if (result.has(item)) result.set(item, `group ${index}`);
  }
  return result;
}

function counts(labels: Iterable<string>): ReadonlyMap<string, number> {
  const result = new Map<string, number>();
  for (const label of labels) result.set(label, (result.get(label) ?? 0) + 1);
  return result;
}
