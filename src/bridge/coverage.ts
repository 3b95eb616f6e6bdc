import type { EntityId } from "#model/entity.ts";
import type { Gap } from "#model/gap.ts";
import type { Rename } from "#model/rename.ts";
import type { ResumePoint } from "./ports.ts";

/** Home Assistant's time was set back when what happens now is so much older than what happened before; ms. */
const notable = 60_000;

/**
 * Up to which time everything is delivered, and since when it is not. It outlives connections; the invariant is that
 * `coveredUntil` never passes the beginning of an open gap. All times are Home Assistant's own, as soon as one of them is known: this machine's clock may be wrong, and
 * what lies behind the newest state of all entities has not happened yet.
 */
export class Coverage {
  readonly backfilled: Set<EntityId>;
  #coveredUntil: number | undefined;
  #seenUntil: number | undefined;
  #gap: { readonly from: number; readonly cause: Gap["cause"] } | undefined;
  #opened = 0;

  constructor(resume: ResumePoint) {
    this.#coveredUntil = resume.coveredUntil;
    this.backfilled = new Set(resume.backfilled);
  }

  /** The newest time that was told, ms since 1970: it becomes covered once no gap is open. */
  get seenUntil(): number | undefined {
    return this.#seenUntil;
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

  /** Everything up to the newest that was seen has been delivered, or up to `to` where nothing was. */
  close(to: number): Gap | undefined {
    const gap = this.#gap;
    this.#gap = undefined;
    this.#coveredUntil = this.#seenUntil ?? Math.max(to, this.#coveredUntil ?? to);
    return gap === undefined ? undefined : { from: gap.from, to, cause: gap.cause };
  }

  /** An event with times up to `newest` was delivered; `isNow` when they are of now, as in live events and in the states of all entities. */
  see(newest: number, isNow: boolean): void {
    if (isNow) this.#notPast(newest);
    this.#seenUntil = Math.max(newest, this.#seenUntil ?? newest);
    if (this.#gap === undefined) this.#coveredUntil = Math.max(newest, this.#coveredUntil ?? newest);
  }

  /** What was covered of a time that has not come yet will come once more. */
  #notPast(now: number): void {
    const limit = now + notable;
    if ((this.#seenUntil ?? now) > limit) this.#seenUntil = now;
    if ((this.#coveredUntil ?? now) > limit) this.#coveredUntil = now;
    if (this.#gap !== undefined && this.#gap.from > limit) this.#gap = { ...this.#gap, from: now };
  }
}
