import type { Document, Storage } from "#storage/index.ts";
import { unlessDamaged } from "./unless-damaged.ts";

interface Adjustment<Value> {
  readonly value: Value;
  /** What the option said then: when it says something else, it was changed later, and counts. */
  readonly option: Value;
}

interface Adjustments {
  /** Share of a bus. */
  readonly busBudget?: Adjustment<number>;
  readonly drive?: Adjustment<boolean>;
}

type Adjusted<Key extends keyof Adjustments> = NonNullable<Adjustments[Key]>["value"];

/** What people set while the daemon runs, in place of an option. */
export class AdjustmentsRepository {
  readonly #document: Document<Adjustments>;

  constructor(storage: Storage) {
    this.#document = storage.document<Adjustments>({ name: "adjustments", version: 1 });
  }

  /** `option` is what the options say now. */
  async get<Key extends keyof Adjustments>(key: Key, option: Adjusted<Key>): Promise<Adjusted<Key>> {
    const stored = (await this.#all())[key];
    return stored?.option === option ? (stored.value as Adjusted<Key>) : option;
  }

  async set<Key extends keyof Adjustments>(key: Key, value: Adjusted<Key>, option: Adjusted<Key>): Promise<void> {
    await this.#document.put({ ...(await this.#all()), [key]: { value, option } });
  }

  /** Nothing also for a damaged record: the options stand. */
  async #all(): Promise<Adjustments> {
    return (await unlessDamaged(this.#document.get())) ?? {};
  }
}
