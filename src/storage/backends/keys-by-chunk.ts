/** Which keys (latin1) stand in which chunk; a key may stand in several. What is asked of one chunk costs nothing of the others. */
export class KeysByChunk {
  readonly #keys = new Map<number, Set<string>>();

  add(chunk: number, key: string): void {
    const keys = this.#keys.get(chunk);
    if (keys === undefined) this.#keys.set(chunk, new Set([key]));
    else keys.add(key);
  }

  delete(chunk: number, key: string): void {
    const keys = this.#keys.get(chunk);
    keys?.delete(key);
    if (keys?.size === 0) this.#keys.delete(chunk);
  }

  /** The keys of a chunk as they stand now, in the order they came. */
  of(chunk: number): readonly string[] {
    return [...(this.#keys.get(chunk) ?? [])];
  }
}
