import type { EntityId } from "#model/entity.ts";

const separator = /[\s_.]+/;

/**
 * What a group is called: the words that all its names share, without `common` ones: `Inverter temperature` for `Inverter 1 temperature` and `Inverter 2 temperature`. Else after the most
 * typical member, the first: `Power and 4 more`.
 */
export function groupName(names: readonly string[], common: ReadonlySet<string>): string {
  const [first = [], ...others] = names.map(wordsOf);
  const telling = (words: readonly string[]): string[] => words.filter((word) => !common.has(word.toLowerCase()));
  const shared = telling(first).filter((word) =>
    others.every((other) => other.some((each) => each.toLowerCase() === word.toLowerCase())),
  );
  if (shared.length > 0) return [...new Set(shared)].join(" ");
  const own = telling(first).join(" ") || first.join(" ");
  return names.length === 1 ? own : `${own} and ${names.length - 1} more`;
}

/** Words that more than half of all names have: they tell nobody apart. */
export function commonWords(names: readonly string[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const name of names) {
    for (const word of new Set(wordsOf(name).map((each) => each.toLowerCase()))) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return new Set([...counts].filter(([, count]) => count * 2 > names.length).map(([word]) => word));
}

function wordsOf(name: string): string[] {
  return name.split(separator).filter((word) => word !== "");
}

/** Of an entity that has no name of its own. */
export function objectIdOf(entityId: EntityId): string {
  return entityId.slice(entityId.indexOf(".") + 1);
}
