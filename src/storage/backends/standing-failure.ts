import { type CadenceError, isCadenceError } from "#core/errors.ts";
import type { Volume } from "../volume/volume.ts";

/** What failed last, as part of a store's status until it is over. */
export class StandingFailure {
  readonly #volume: Pick<Volume, "freeBytes">;
  #error: CadenceError | undefined;
  /** Room that was needed. */
  #bytes = 0;

  constructor(volume: Pick<Volume, "freeBytes">) {
    this.#volume = volume;
  }

  get error(): CadenceError | undefined {
    return this.#error;
  }

  /** `bytes`: what there had to be room for. */
  note(error: CadenceError, bytes: number): void {
    this.#bytes = this.#isFull ? Math.max(this.#bytes, bytes) : bytes;
    this.#error = error;
  }

  /** So many bytes were written. A full disk takes small things long after it refused a large one: that is over when it took as much, or has room for it. */
  async over(bytes: number): Promise<void> {
    if (this.#isFull && bytes < this.#bytes && !(await this.#hasRoom())) return;
    this.#error = undefined;
  }

  get #isFull(): boolean {
    return isCadenceError(this.#error, "STORE_FULL");
  }

  async #hasRoom(): Promise<boolean> {
    const free = await this.#volume.freeBytes();
    return free === undefined || free >= this.#bytes;
  }
}
