import { matchesAny } from "#core/glob.ts";

/** What somebody wants of an entity, in place of what would be learned. */
export interface Wish {
  /** In the entity's unit: a value that is less off is as good as right. */
  readonly tolerance?: number;
  /** Seconds between which its interval has to be. */
  readonly least?: number;
  readonly most?: number;
}

/** `glob=0.2` */
export const tolerancePattern = /^[a-z0-9_.*?]+=\d+(\.\d+)?$/;
/** `glob=1..30` */
export const limitsPattern = /^[a-z0-9_.*?]+=\d+(\.\d+)?\.\.\d+(\.\d+)?$/;

/** The wishes of the options `tolerances` and `interval_limits`; of several that match the last one counts. */
export function wishesOf({
  tolerances,
  interval_limits: limits,
}: {
  readonly tolerances: readonly string[];
  readonly interval_limits: readonly string[];
}): (entityId: string) => Wish {
  const all = [...tolerances, ...limits].map((text) => {
    const split = text.indexOf("=");
    return { matches: matchesAny([text.slice(0, split)]), wish: parse(text.slice(split + 1)) };
  });
  return (entityId) => {
    const wish: Wish = {};
    for (const each of all) if (each.matches(entityId)) Object.assign(wish, each.wish);
    return wish;
  };
}

function parse(text: string): Wish {
  const [first = "", second] = text.split("..");
  if (second === undefined) return { tolerance: Number(first) };
  const [a, b] = [Number(first), Number(second)];
  return { least: Math.min(a, b), most: Math.max(a, b) };
}
