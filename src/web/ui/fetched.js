/**
 * Something that is asked for when a page needs it, and again at most every so many ms. What is known stays until the answer is there.
 * @template Value
 */
export class Fetched {
  /** @readonly */
  #path;
  /** @readonly */
  #every;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** @type {Value | undefined} */
  value;
  /** The last answer was none. */
  failed = false;

  /**
   * @param {string} path
   * @param {number} [every]
   */
  constructor(path, every = 60_000) {
    this.#path = path;
    this.#every = every;
  }

  /** @param {() => void} redraw */
  ask(redraw) {
    if (performance.now() - this.#askedAt < this.#every) return;
    this.#askedAt = performance.now();
    void this.#load().then(redraw);
  }

  async #load() {
    try {
      const response = await fetch(this.#path);
      if (!response.ok) throw new Error(response.statusText);
      this.value = await response.json();
      this.failed = false;
    } catch {
      this.failed = true;
    }
  }
}
