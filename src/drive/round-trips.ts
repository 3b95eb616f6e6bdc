const newest = 8;

/**
 * How long the bus is busy for a read of an entity: the shortest of its newest round trips, as each is the read and what it had to wait for. Never less than what was on the line. ms
 */
export class RoundTrips {
  readonly #ofEntity = new Map<string, number[]>();
  #last: number | undefined;

  add(entityId: string, milliseconds: number): void {
    const known = this.#ofEntity.get(entityId) ?? [];
    this.#ofEntity.set(entityId, [...known.slice(1 - newest), milliseconds]);
    this.#last = milliseconds;
  }

  /** Undefined before its first read. */
  service(entityId: string): number | undefined {
    const known = this.#ofEntity.get(entityId);
    return known === undefined ? undefined : Math.min(...known);
  }

  /** Over all entities that were read. */
  meanService(): number | undefined {
    if (this.#ofEntity.size === 0) return undefined;
    let sum = 0;
    for (const known of this.#ofEntity.values()) sum += Math.min(...known);
    return sum / this.#ofEntity.size;
  }

  /** Of the newest read. */
  get last(): number | undefined {
    return this.#last;
  }
}
