import type { EntityId } from "#model/entity.ts";

/** What a stage keeps of each entity, as plain data, and of which entities it changed since it was last saved. */
export class EntityStates<State extends { readonly version: number }> {
  readonly #states = new Map<EntityId, State>();
  readonly #dirty = new Set<EntityId>();
  readonly #version: number;

  readonly #isWhole: (snapshot: State) => boolean;

  /** `version` of the states; older and newer snapshots are not restored, nor those that are not whole: somebody may have changed them. */
  constructor(version: number, isWhole: (snapshot: State) => boolean = () => true) {
    this.#version = version;
    this.#isWhole = isWhole;
  }

  get(entityId: EntityId): State | undefined {
    return this.#states.get(entityId);
  }

  set(entityId: EntityId, state: State): void {
    this.#states.set(entityId, state);
  }

  delete(entityId: EntityId): void {
    this.#states.delete(entityId);
    this.#dirty.add(entityId);
  }

  /** Nothing happens when nothing is kept. */
  rename(from: EntityId, to: EntityId): void {
    const state = this.#states.get(from);
    if (state === undefined) return;
    this.#states.delete(from);
    this.#dirty.delete(from);
    this.#states.set(to, state);
    this.#dirty.add(to);
  }

  values(): Iterable<State> {
    return this.#states.values();
  }

  /** The state of an entity was changed. */
  touch(entityId: EntityId): void {
    this.#dirty.add(entityId);
  }

  /** Entities whose state changed since the last call. */
  takeDirty(): ReadonlySet<EntityId> {
    const dirty = new Set(this.#dirty);
    this.#dirty.clear();
    return dirty;
  }

  snapshot(): ReadonlyMap<EntityId, State> {
    return new Map([...this.#states].map(([entityId, state]) => [entityId, structuredClone(state)]));
  }

  /** The state that a snapshot holds, to be set; undefined when it is of another version, or none. */
  stateIn(snapshot: unknown): State | undefined {
    if (typeof snapshot !== "object" || snapshot === null || (snapshot as State).version !== this.#version)
      return undefined;
    return this.#isWhole(snapshot as State) ? (structuredClone(snapshot) as State) : undefined;
  }
}
