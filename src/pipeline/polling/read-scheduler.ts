import { allocate, tickLadder } from "./allocate.ts";
import { type Objective, lossOf, type Scale, scaleOf } from "./loss.ts";
import { type FittedStructure, StructureFunction } from "./structure-function.ts";

export interface ReadSchedulerOptions {
  /** Entities; they are called by their index. */
  readonly entities: number;
  /** Reads a tick that all of them may take together. */
  readonly readsPerTick: number;
  readonly objective: Objective;
  /** Ticks between two fits of what was learned. */
  readonly refitEvery: number;
  /** Longest lag that matters, in ticks. */
  readonly longest: number;
}

/** No entity is read this many times more, or less, often than if all were read alike. */
const mostFactor = 8;
/** How far the interval may be from that of a fixed plan. */
const aroundAnchor = 2.5;
/** Worth of what must be read now, beyond any other. */
const overdue = 1e9;
/** Reads of an entity until anything is concluded from them, and further ones until half of the factor is used. */
const readsToLearn = 24;
const readsToTrust = 30;
/** How fast an entity's restlessness follows its newest reads, and how far it goes. */
const restlessnessMemory = 0.1;
const mostRestless = 4;
const largestSurprise = 8;
/** What was learned of a constant counts so much less once it changes: then it is another signal. */
const afterFirstChange = 0.05;
/** Rounds of all entities in which constants are looked at as often as if nothing was known, after another constant has changed: a machine was switched on. */
const alertRounds = 10;
const mostValues = 4_000;
/** Unused reads are kept for later, as many ticks of them. */
const mostSaved = 4;

interface Learned {
  readonly structure: StructureFunction;
  fitted: FittedStructure;
  scale: Scale;
  values: Float64Array;
  /** Values taken so far. */
  taken: number;
  readAt: number;
  /** Losses of late over those expected: 1 is as usual. */
  restlessness: number;
  changes: number;
  /** Interval of the fixed plan, ticks. */
  anchor: number;
}

/**
 * Says which entities to read next, within a budget, from nothing but the reads themselves. An entity's turn comes with what waiting longer would cost: a · S(a) − Σ S(h), h < a, at age a, the index of the
 * optimal policy for one resource that many compete for (Whittle, J. Applied Probability 25, 1988; Kadota et al., IEEE/ACM ToN 26, 2018), S being how much the value is off after that time. What moves now
 * is read more often than usual, what rests less often, both near to the best fixed plan, and within bounds around the uniform interval that widen as more was seen.
 */
export class ReadScheduler {
  readonly #options: ReadSchedulerOptions;
  readonly #entities: readonly Learned[];
  /** Ticks between two reads of an entity if all were read alike. */
  readonly #uniform: number;
  #saved = 0;
  #alertUntil = Number.NEGATIVE_INFINITY;
  #lastFit = Number.NEGATIVE_INFINITY;

  constructor(options: ReadSchedulerOptions) {
    this.#options = options;
    this.#uniform = options.entities / options.readsPerTick;
    this.#entities = Array.from({ length: options.entities }, () => {
      const structure = new StructureFunction();
      return {
        structure,
        fitted: structure.fit(options.longest),
        scale: { range: 0, tolerance: 0 },
        values: new Float64Array(16),
        taken: 0,
        readAt: Number.NEGATIVE_INFINITY,
        restlessness: 1,
        changes: 0,
        anchor: options.entities / options.readsPerTick,
      };
    });
  }

  /** Reads of an earlier time, in their order: what they show is learned together, as nothing was known of the scale before. */
  learn(index: number, reads: readonly { readonly tick: number; readonly value: number }[]): void {
    const entity = this.#entity(index);
    for (const { value } of reads) keepValue(entity, value);
    entity.scale = scaleOf(knownValues(entity));
    for (const { tick, value } of reads) this.#take(entity, tick, value);
    entity.restlessness = 1;
    entity.fitted = entity.structure.fit(this.#options.longest);
  }

  /** A read came in. */
  observe(index: number, tick: number, value: number): void {
    const entity = this.#entity(index);
    keepValue(entity, value);
    const before = entity.structure.newest;
    const loss = before === undefined ? 0 : this.#loss(entity, before.value, value);
    if (before !== undefined) {
      const lag = Math.min(this.#options.longest, tick - before.tick);
      const expected = entity.fitted.loss[lag] as number;
      const surprise = expected > 0 ? Math.min(largestSurprise, loss / expected) : 1;
      entity.restlessness += restlessnessMemory * (surprise - entity.restlessness);
    }
    const isFirstChange = loss > 0 && entity.changes === 0;
    if (isFirstChange) entity.structure.fade(afterFirstChange);
    this.#take(entity, tick, value);
    if (!isFirstChange) return;
    this.#alertUntil = tick + alertRounds * this.#uniform;
    entity.fitted = entity.structure.fit(this.#options.longest);
  }

  /** Whose turn it is at `tick`, the most urgent first; never more than the budget. */
  choose(tick: number): number[] {
    const { readsPerTick, refitEvery, longest } = this.#options;
    if (tick - this.#lastFit >= refitEvery) this.#refit(tick);
    this.#saved = Math.min(this.#saved + readsPerTick, readsPerTick * mostSaved + 2);
    const urgent: { readonly index: number; readonly worth: number }[] = [];
    for (const [index, entity] of this.#entities.entries()) {
      const worth = this.#worth(entity, tick, longest);
      if (worth > 0) urgent.push({ index, worth });
    }
    urgent.sort((a, b) => b.worth - a.worth || a.index - b.index);
    const chosen = urgent.slice(0, Math.floor(this.#saved)).map(({ index }) => index);
    this.#saved -= chosen.length;
    return chosen;
  }

  #worth({ structure, fitted, readAt, restlessness, changes, anchor }: Learned, tick: number, longest: number): number {
    const age = tick - readAt;
    const known = Math.max(0, structure.reads - readsToLearn);
    const factor = 1 + (mostFactor - 1) * (known / (known + readsToTrust));
    const isSuspect = changes === 0 && tick < this.#alertUntil;
    // Overdue ones come first, the most overdue before the others.
    if (age >= (isSuspect ? this.#uniform : Math.max(1, Math.round(this.#uniform * factor)))) return overdue + age;
    if (age < Math.max(1, this.#uniform / factor)) return 0;
    if (known > 0 && age < anchor / aroundAnchor) return 0;
    if (known > 0 && age >= Math.max(1, Math.round(anchor * aroundAnchor))) return overdue / 2 + age / anchor;
    const lag = Math.min(age, longest);
    const now = Math.max(1 / mostRestless, Math.min(mostRestless, restlessness));
    return now * (lag * (fitted.loss[lag] as number) - (fitted.sums[lag] as number));
  }

  #refit(tick: number): void {
    this.#lastFit = tick;
    for (const entity of this.#entities) {
      entity.scale = scaleOf(knownValues(entity));
      entity.fitted = entity.structure.fit(this.#options.longest);
    }
    const intervals = tickLadder(
      this.#uniform / mostFactor,
      Math.min(this.#options.longest, this.#uniform * mostFactor),
    );
    const anchors = allocate(
      this.#entities.map(({ fitted }) => ({ structure: fitted, intervals })),
      this.#options.readsPerTick,
    );
    for (const [index, entity] of this.#entities.entries()) entity.anchor = anchors[index] as number;
  }

  #take(entity: Learned, tick: number, value: number): void {
    const before = entity.structure.newest;
    if (before !== undefined && !Number.isNaN(value) && this.#loss(entity, before.value, value) > 0)
      entity.changes += 1;
    entity.structure.add(tick, value, (earlier, later) => this.#loss(entity, earlier, later));
    entity.readAt = tick;
  }

  #loss({ scale }: Learned, shown: number, value: number): number {
    return Number.isNaN(value) ? 0 : lossOf(shown, value, scale, this.#options.objective);
  }

  #entity(index: number): Learned {
    const entity = this.#entities[index];
    if (entity === undefined) throw new RangeError(`There are ${this.#entities.length} entities, and no ${index}.`);
    return entity;
  }
}

/** The newest ones, in a ring. */
function keepValue(entity: Learned, value: number): void {
  if (Number.isNaN(value)) return;
  if (entity.taken === entity.values.length && entity.taken < mostValues) {
    const longer = new Float64Array(Math.min(mostValues, entity.values.length * 2));
    longer.set(entity.values);
    entity.values = longer;
  }
  entity.values[entity.taken % entity.values.length] = value;
  entity.taken += 1;
}

function knownValues({ values, taken }: Learned): Float64Array {
  return values.subarray(0, Math.min(taken, values.length));
}
