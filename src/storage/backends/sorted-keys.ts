import { latin1 } from "../chunk/batch-frame.ts";
import type { KeyRange } from "../store.ts";

/** Keys of a page at the most; a full one is split in two. */
const pageSize = 512;

/**
 * Texts in order, in pages: adding and removing one costs the same however many there are, near enough, and the order is never made anew.
 * Each text stands in it once.
 */
export class SortedKeys {
  readonly #pages: string[][] = [];

  /** The caller knows that it is not there. */
  add(key: string): void {
    const at = Math.max(0, this.#pageOf(key));
    const page = this.#pages[at];
    if (page === undefined) {
      this.#pages.push([key]);
      return;
    }
    page.splice(lowerBound(page, key), 0, key);
    if (page.length > pageSize) this.#pages.splice(at + 1, 0, page.splice(pageSize / 2));
  }

  delete(key: string): void {
    const at = this.#pageOf(key);
    const page = this.#pages[at];
    const place = page === undefined ? -1 : lowerBound(page, key);
    if (page?.[place] !== key) return;
    page.splice(place, 1);
    if (page.length === 0) this.#pages.splice(at, 1);
  }

  /** The keys of a range as they stand now; a key's bytes are its latin1 characters. */
  keys({ from, to, reverse = false, limit = Number.POSITIVE_INFINITY }: KeyRange): string[] {
    const [first, end] = [from && latin1(from), to && latin1(to)];
    return reverse ? this.#backward(first, end, limit) : this.#forward(first, end, limit);
  }

  #forward(from: string | undefined, to: string | undefined, limit: number): string[] {
    const found: string[] = [];
    let at = from === undefined ? 0 : Math.max(0, this.#pageOf(from));
    let place = from === undefined ? 0 : lowerBound(this.#pages[at] ?? [], from);
    for (; at < this.#pages.length; at += 1) {
      const page = this.#pages[at] as string[];
      for (; place < page.length; place += 1) {
        const key = page[place] as string;
        if (found.length >= limit || (to !== undefined && key >= to)) return found;
        found.push(key);
      }
      place = 0;
    }
    return found;
  }

  #backward(from: string | undefined, to: string | undefined, limit: number): string[] {
    const found: string[] = [];
    let at = to === undefined ? this.#pages.length - 1 : this.#pageOf(to);
    let place = (to === undefined ? (this.#pages[at]?.length ?? 0) : lowerBound(this.#pages[at] ?? [], to)) - 1;
    for (; at >= 0; at -= 1) {
      const page = this.#pages[at] as string[];
      for (; place >= 0; place -= 1) {
        const key = page[place] as string;
        if (found.length >= limit || (from !== undefined && key < from)) return found;
        found.push(key);
      }
      place = (this.#pages[at - 1]?.length ?? 0) - 1;
    }
    return found;
  }

  /** The last page that begins at or before a key; -1 when all begin behind it. */
  #pageOf(key: string): number {
    let low = 0;
    let high = this.#pages.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#pages[middle]?.[0] as string) <= key) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** The first position whose key is not below `key`. */
function lowerBound(sorted: readonly string[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
