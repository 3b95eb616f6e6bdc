import type { EntityId } from "#model/entity.ts";
import type { Identity } from "#model/identity.ts";
import { fit, type Fit } from "./fit.ts";
import type { Formula } from "./formula.ts";
import { identityOf, isAccident, leastExact } from "./identity-of.ts";
import { held, type Observed } from "./observed.ts";
import { productsOf } from "./products.ts";
import { findScaled } from "./scaled.ts";
import { sumsOf } from "./sums.ts";

export interface IdentityOptions {
  /** Where trying all with all would take too long, only these are tried as terms of an entity. */
  readonly relatives: (entityId: EntityId) => readonly EntityId[];
}

/** Sum, mean, product: what is tried of the same terms. */
const kinds = 3;
/** With so many entities, all are tried with all: as terms, and as the same or a multiple. */
const mostTried = 120;
const mostScaled = 500;
/** What so many formulas give says nothing of any of them. */
const mostFormulas = 500;
/** Products of means are no means of products. */
const productSlack = 0.02;
/** One more term has to be worth it, and a term of another device too. */
const clearlyBetter = 0.6;
const hardlyWorse = 1.25;

/**
 * Entities that can be computed from others: the same, scaled, sums, means, products, and what two make at a right angle (apparent power). Each at most once, in its simplest form. Yields the share that
 * is done.
 */
export function* findIdentities(
  observed: readonly Observed[],
  { relatives }: IdentityOptions,
): Generator<number, readonly Identity[]> {
  const all = observed.toSorted((a, b) => (a.entityId < b.entityId ? -1 : 1));
  const indices = new Map(all.map(({ entityId }, index) => [entityId, index]));
  const others = (index: number): Iterable<number> =>
    all.length <= mostScaled
      ? indices.values()
      : relatives((all[index] as Observed).entityId).flatMap((entityId) => indices.get(entityId) ?? []);
  const scaling = findScaled(all, { tries: 2 * Math.log2(Math.max(2, all.length)), others });
  const identities: Identity[] = [];
  for (let next = scaling.next(); ; next = scaling.next()) {
    if (next.done === true) {
      identities.push(...next.value);
      break;
    }
    yield next.value * 0.2;
  }
  const computed = new Set(identities.map(({ entityId }) => entityId));
  const independent = all.filter(({ entityId }) => !computed.has(entityId));
  const byId = new Map(independent.map((each) => [each.entityId, each]));
  for (const [index, each] of independent.entries()) {
    const target = held(each);
    const near =
      independent.length <= mostTried
        ? independent
        : relatives(target.entityId)
            .map((entityId) => byId.get(entityId))
            .filter((other) => other !== undefined)
            .slice(0, mostTried);
    const terms = near.filter((other) => other !== each).map(held);
    const search = { targets: all.length, terms: terms.length };
    const found =
      simplest(target, sumsOf(target, terms, mostFormulas), { ...search, slack: 0 }) ??
      simplest(target, productsOf(target, terms, { slack: productSlack, most: mostFormulas }), {
        ...search,
        slack: productSlack,
      });
    if (found !== undefined) identities.push(found);
    yield 0.2 + (index / independent.length) * 0.8;
  }
  return identities;
}

interface Candidate {
  readonly formula: Formula;
  readonly fit: Fit;
  /** Letters that the terms' ids begin with like the target's. */
  readonly kinship: number;
}

/** Of the formulas that hold, the one with the fewest terms that is hardly worse than others; undefined when none does. */
function simplest(
  target: Observed,
  formulas: readonly Formula[],
  { targets, terms, slack }: { readonly targets: number; readonly terms: number; readonly slack: number },
): Identity | undefined {
  let chosen: Candidate | undefined;
  for (const formula of formulas.toSorted((a, b) => a.terms.length - b.terms.length)) {
    const found = fit(target, formula, { slack, leastExact });
    if (found === undefined) continue;
    const tries = Math.log2(targets * kinds) + choices(terms, formula.terms.length);
    if (isAccident(target, formula, found, { slack, tries })) continue;
    const candidate = { formula, fit: found, kinship: kinshipOf(target, formula) };
    if (chosen === undefined || isBetter(candidate, chosen)) chosen = candidate;
  }
  return chosen === undefined ? undefined : identityOf(target, chosen.formula, chosen.fit);
}

/** Binary logarithm of the ways to choose `chosen` of `count` (n over k). */
function choices(count: number, chosen: number): number {
  let sum = 0;
  for (let index = 0; index < chosen; index += 1) sum += Math.log2(Math.max(1, count - index) / (index + 1));
  return sum;
}

/** Given that it has no fewer terms. */
function isBetter(candidate: Candidate, chosen: Candidate): boolean {
  const ratio = candidate.fit.loss / chosen.fit.loss;
  if (candidate.formula.terms.length > chosen.formula.terms.length) return ratio < clearlyBetter;
  if (candidate.kinship !== chosen.kinship) {
    return candidate.kinship > chosen.kinship ? ratio < hardlyWorse : ratio * hardlyWorse < 1;
  }
  return ratio < 1;
}

function kinshipOf(target: Observed, { terms }: Formula): number {
  return Math.min(...terms.map(({ entityId }) => sharedBeginning(target.entityId, entityId)));
}

function sharedBeginning(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}
