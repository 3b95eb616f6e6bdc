import type { Document, Storage } from "#storage/index.ts";
import { unlessDamaged } from "./unless-damaged.ts";

interface Adjustment {
  readonly value: number;
  /** What the option said then: when it says something else, it was changed later, and counts. */
  readonly option: number;
}

interface Adjustments {
  readonly busBudget?: Adjustment;
}

/** What people set while the daemon runs, in place of an option. */
export class AdjustmentsRepository {
  readonly #document: Document<Adjustments>;

  constructor(storage: Storage) {
    this.#document = storage.document<Adjustments>({ name: "adjustments", version: 1 });
  }

  /** Share of a bus. `option` is what the options say now. */
  async busBudget(option: number): Promise<number> {
    const stored = (await unlessDamaged(this.#document.get()))?.busBudget;
    return stored?.option === option ? stored.value : option;
  }

  async setBusBudget(value: number, option: number): Promise<void> {
    await this.#document.put({ busBudget: { value, option } });
  }
}
