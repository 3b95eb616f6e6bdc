/** Rows above and below what is seen are drawn as well, in pixels. */
const margin = 600;

/**
 * Which of many rows are to be drawn, and how much room the others take.
 * @template Item
 */
export class VirtualRows {
  /** Shorter lists are drawn as they are. */
  static drawnWhole = 150;
  #top = 0;

  /**
   * Looks where the rows stand; called when the page stands.
   * @param {Element | null} body
   */
  measure(body) {
    if (body !== null) this.#top = body.getBoundingClientRect().top + window.scrollY;
  }

  /**
   * @param {readonly Item[]} items
   * @param {(item: Item) => number} heightOf in pixels
   * @returns {{ above: number, shown: readonly Item[], below: number }}
   */
  window(items, heightOf) {
    if (items.length <= VirtualRows.drawnWhole) return { above: 0, shown: items, below: 0 };
    const from = window.scrollY - this.#top - margin;
    const to = window.scrollY - this.#top + window.innerHeight + margin;
    let [above, below, at] = [0, 0, 0];
    /** @type {Item[]} */
    const shown = [];
    for (const item of items) {
      const height = heightOf(item);
      if (at + height < from) above += height;
      else if (at > to) below += height;
      else shown.push(item);
      at += height;
    }
    return { above, shown, below };
  }
}
