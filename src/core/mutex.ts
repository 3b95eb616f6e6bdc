import { Mutex as AsyncMutex } from "async-mutex";

/**
 * Mutual exclusion between asynchronous sections, first come first served (async-mutex underneath).
 *
 *     using _held = await mutex.acquire();
 */
export class Mutex {
  readonly #mutex = new AsyncMutex();

  /** Resolves when it is the caller's turn; disposing the result ends the turn, twice does nothing. */
  async acquire(): Promise<Disposable> {
    const release = await this.#mutex.acquire();
    return { [Symbol.dispose]: release };
  }

  /** Runs `section` alone. */
  run<Result>(section: () => Promise<Result>): Promise<Result> {
    return this.#mutex.runExclusive(section);
  }

  get locked(): boolean {
    return this.#mutex.isLocked();
  }
}
