import type { Branch } from "./linkage.ts";

/**
 * The branches that last: of every branch and those within it, whichever keeps more items together over a longer range of distances (excess of mass: Campello, Moulavi and Sander, PAKDD
 * 2013). So one group may be cut at 0.8 and another at 0.99. `farthest` is the distance beyond which nothing hangs together. Single items are left out.
 */
export function lastingBranches(roots: readonly Branch[], farthest: number): Branch[] {
  return roots.flatMap((root) => choose(root, farthest).branches);
}

function choose(branch: Branch, joinedAt: number): { readonly mass: number; readonly branches: readonly Branch[] } {
  if (branch.items.length < 2) return { mass: 0, branches: [] };
  const own = branch.items.length * (joinedAt - branch.distance);
  const parts = branch.children.map((child) => choose(child, branch.distance));
  const within = parts.reduce((sum, { mass }) => sum + mass, 0);
  return own >= within
    ? { mass: own, branches: [branch] }
    : { mass: within, branches: parts.flatMap(({ branches }) => branches) };
}
