/** A pair of items and how alike they are, 0 to 1. */
export interface Likeness {
  readonly a: number;
  readonly b: number;
  readonly likeness: number;
}

/** Items that hang together, and at which distance; single items have no children. */
export interface Branch {
  readonly items: readonly number[];
  /** Distance at which the children were joined; 0 for a single item. */
  readonly distance: number;
  readonly children: readonly Branch[];
}

/** Joins this near to each other are one. */
const same = 1e-6;

/** Distance of two standardised series, up to a factor (Mantegna, Eur. Phys. J. B 11, 1999). */
export function distanceOf(likeness: number): number {
  return Math.sqrt(Math.max(0, 1 - likeness));
}

/** Single linkage by way of the greatest spanning forest (Gower and Ross, Applied Statistics 18, 1969): one branch for each part that hangs together. */
export function singleLinkage(count: number, pairs: readonly Likeness[]): Branch[] {
  const parents = Int32Array.from({ length: count }, (_, index) => index);
  const branches: Branch[] = Array.from({ length: count }, (_, index) => ({
    items: [index],
    distance: 0,
    children: [],
  }));
  const rootOf = (item: number): number => {
    let root = item;
    while (parents[root] !== root) root = parents[root] as number;
    for (let at = item; at !== root;) {
      const next = parents[at] as number;
      parents[at] = root;
      at = next;
    }
    return root;
  };
  for (const { a, b, likeness } of pairs.toSorted((x, y) => y.likeness - x.likeness || x.a - y.a || x.b - y.b)) {
    const [first, second] = [rootOf(a), rootOf(b)];
    if (first === second) continue;
    const distance = distanceOf(likeness);
    const [left, right] = [branches[first] as Branch, branches[second] as Branch];
    parents[second] = first;
    branches[first] = {
      items: [...left.items, ...right.items],
      distance,
      children: [left, right].flatMap((branch) =>
        branch.items.length > 1 && distance - branch.distance < same ? branch.children : [branch],
      ),
    };
  }
  return branches.filter((_, index) => parents[index] === index);
}
