import type { EntityId } from "#model/entity.ts";
import type { Gap } from "#model/gap.ts";
import type { Rename } from "#model/rename.ts";
import type { ResumePoint } from "./ports.ts";

/**
 * Up to which time everything is delivered, and since when it is not. It outlives connections; the invariant is that
 * `coveredUntil` never passes the beginning of an open gap.
 */
export class Coverage {
  readonly backfilled: Set<EntityId>;
  #coveredUntil: number | undefined;
  /** The newest time seen live, which becomes covered once no gap is open. */
  #seenUntil: number | undefined;
  #gap: { readonly from: number; readonly cause: Gap["cause"] } | undefined;
  #opened = 0;

  constructor(resume: ResumePoint) {
    this.#coveredUntil = resume.coveredUntil;
    this.backfilled = new Set(resume.backfilled);
  }

  /** Gaps opened since the start. */
  get gaps(): number {
    return this.#opened;
  }

  get openGap(): { readonly from: number; readonly cause: Gap["cause"] } | undefined {
    return this.#gap;
  }

  /** What a live delivery may state: undefined while a gap is open. */
  get coveredUntil(): number | undefined {
    return this.#gap === undefined ? this.#coveredUntil : undefined;
  }

  /** What is complete of an entity is so under its new id. */
  rename({ from, to }: Rename): void {
    // Whoever gets the old id next has a past of its own.
    if (this.backfilled.delete(from)) this.backfilled.add(to);
    else this.backfilled.delete(to);
  }

  /** Something may have been missed from now on. An open gap keeps its beginning: nothing before is covered either. */
  open(cause: Gap["cause"], now: number): Gap {
    if (this.#gap === undefined) {
      this.#gap = { from: this.#coveredUntil ?? now, cause };
      this.#opened += 1;
    }
    return { from: this.#gap.from, to: now, cause: this.#gap.cause };
  }

  /** Everything up to `to` has been delivered from history, and everything behind it live. */
  close(to: number): Gap | undefined {
    const gap = this.#gap;
    this.#gap = undefined;
    this.#coveredUntil = Math.max(to, this.#seenUntil ?? to, this.#coveredUntil ?? to);
    return gap === undefined ? undefined : { from: gap.from, to, cause: gap.cause };
  }

  /** A live event with times up to `newest` was delivered. */
  see(newest: number): void {
    this.#seenUntil = Math.max(newest, this.#seenUntil ?? newest);
    if (this.#gap === undefined) this.#coveredUntil = Math.max(newest, this.#coveredUntil ?? newest);
  }
}
