import type { EntityId } from "./entity.ts";

/** `same`: y = x · `scaled`: y = factor · x · `sum`: y = a + b … · `mean`: y = (a + b …) / n · `product`: y = factor · a · b … · `hypotenuse`: y = √(a² + b²) */
export type IdentityKind = "same" | "scaled" | "sum" | "mean" | "product" | "hypotenuse";

/** An entity that can be computed from others: it need not be read. */
export interface Identity {
  readonly kind: IdentityKind;
  /** The one that can be computed. */
  readonly entityId: EntityId;
  /** From these. */
  readonly terms: readonly EntityId[];
  /** 1 but for `scaled` and `product`. */
  readonly factor: number;
  /** Root mean square of what is left, in the entity's unit. */
  readonly error: number;
  /** Rows compared. */
  readonly n: number;
}

/** `power = power_l1 + power_l2`, with the shortest names that tell the entities apart. */
export function formulaOf({ kind, entityId, terms, factor }: Identity, nameOf: (entityId: EntityId) => string): string {
  const names = terms.map(nameOf);
  const times = factor === 1 ? "" : `${Number(factor.toPrecision(4))} · `;
  const right: Record<IdentityKind, string> = {
    same: names.join(", "),
    scaled: `${times}${names.join("")}`,
    sum: names.join(" + "),
    mean: `mean(${names.join(", ")})`,
    product: `${times}${names.join(" · ")}`,
    hypotenuse: `√(${names.map((name) => `${name}²`).join(" + ")})`,
  };
  return `${nameOf(entityId)} = ${right[kind]}`;
}
