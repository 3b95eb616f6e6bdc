import PQueue from "p-queue";
import { CadenceError } from "./errors.ts";

export interface WorkQueueOptions {
  readonly name: string;
  /** Tasks at work at the same time. @default 1 */
  readonly concurrency?: number;
  /** Tasks that may wait; one more is refused with QUEUE_FULL. @default 1000 */
  readonly limit?: number;
}

/** A bounded queue of asynchronous tasks (p-queue underneath): nothing piles up unseen. */
export class WorkQueue {
  readonly #queue: PQueue;
  readonly #name: string;
  readonly #limit: number;
  #refused = 0;

  constructor(options: WorkQueueOptions) {
    this.#name = options.name;
    this.#limit = options.limit ?? 1_000;
    this.#queue = new PQueue({ concurrency: options.concurrency ?? 1 });
  }

  /** Tasks waiting, not counting those at work. */
  get waiting(): number {
    return this.#queue.size;
  }

  get refused(): number {
    return this.#refused;
  }

  /** Resolves or rejects as `task` does. Throws QUEUE_FULL without running it when too many wait. */
  async add<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#queue.size >= this.#limit) {
      this.#refused += 1;
      throw new CadenceError("QUEUE_FULL", `The queue “${this.#name}” holds ${this.#limit} tasks and takes no more.`, {
        remedy: "It empties by itself; try again shortly.",
        details: { queue: this.#name, limit: this.#limit },
      });
    }
    return this.#queue.add(task);
  }

  /** Resolves when nothing waits and nothing is at work. */
  async idle(): Promise<void> {
    await this.#queue.onIdle();
  }
}
