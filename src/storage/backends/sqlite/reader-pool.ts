import type { DatabaseSync } from "node:sqlite";
import { storeClosed } from "../checks.ts";

export interface Reader extends Disposable {
  readonly database: DatabaseSync;
}

/** A few connections for reading; who finds none free waits for one. */
export class ReaderPool {
  readonly #open: () => DatabaseSync;
  readonly #most: number;
  readonly #all: DatabaseSync[] = [];
  readonly #free: DatabaseSync[] = [];
  readonly #waiting: PromiseWithResolvers<DatabaseSync>[] = [];

  constructor(open: () => DatabaseSync, most: number) {
    this.#open = open;
    this.#most = most;
  }

  async take(): Promise<Reader> {
    const database = this.#free.pop() ?? (this.#all.length < this.#most ? this.#openOne() : await this.#next());
    let taken = true;
    return {
      database,
      [Symbol.dispose]: () => {
        if (taken) this.#giveBack(database);
        taken = false;
      },
    };
  }

  /** Ends every iteration: those that wait are refused, those at work find their connection closed. */
  close(): void {
    for (const waiting of this.#waiting.splice(0)) waiting.reject(storeClosed());
    for (const database of this.#all) database.close();
  }

  #openOne(): DatabaseSync {
    const database = this.#open();
    this.#all.push(database);
    return database;
  }

  #next(): Promise<DatabaseSync> {
    const waiting = Promise.withResolvers<DatabaseSync>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  #giveBack(database: DatabaseSync): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#free.push(database);
    else waiting.resolve(database);
  }
}
