import type { EntityId } from "#model/entity.ts";

/** How a value gets read. */
export interface ReadPort {
  /** Resolves with the value when the read is done, a number for each different text, NaN for no value. Throws when Home Assistant did not do it. */
  read(entityId: EntityId): Promise<number>;
}

/** Says whose turn it is; entities are called by their index, time is counted in ticks. */
export interface Turns {
  /** Undefined while none is worth a read. */
  next(tick: number, mayRead: (index: number) => boolean): number | undefined;
  /** What a read showed; NaN for nothing. */
  observe(index: number, tick: number, value: number): void;
  setReadsPerTick(reads: number): void;
  /** How much moves now: 1 is as usual, 0 nothing. */
  restlessness(): number;
  /** Share of the entities of which enough is known. */
  learned(): number;
  /** Ticks between the reads of each entity, if all goes on as it was. */
  expectedIntervals(): readonly number[];
}
