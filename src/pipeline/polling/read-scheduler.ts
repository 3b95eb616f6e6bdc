import { allocate, claimOf, tickLadder } from "./allocate.ts";
import { type Objective, lossOf, type Scale, scaleOf } from "./loss.ts";
import { agedStructure, type FittedStructure, StructureFunction } from "./structure-function.ts";

export interface ScheduledEntity {
  readonly objective: Objective;
  /** Somebody wants it as fresh as it can be, whatever it does. @default false */
  readonly wanted?: boolean;
}

export interface ReadSchedulerOptions {
  /** They are called by their index. */
  readonly entities: readonly ScheduledEntity[];
  /** Reads a tick that all of them may take together. */
  readonly readsPerTick: number;
  /** What is shown is a tick old at the least: that noise is right in the moment of its read is worth nothing then. @default false */
  readonly aged?: boolean;
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
const mostStagger = 0.15;
const goldenRatio = (Math.sqrt(5) - 1) / 2;
/** Between these any index is. */
const lowestLevel = 1e-9;
const highestLevel = 1e9;
const bisections = 80;

interface Learned {
  readonly entity: ScheduledEntity;
  readonly structure: StructureFunction;
  /** Reads of which nothing was learned yet: a scale is only known from some. Undefined once it is. */
  pending: { readonly tick: number; readonly value: number }[] | undefined;
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
  /** Share of its longest age: those that are read together once would be for ever, and others had to wait for all of them. */
  readonly stagger: number;
}

/**
 * Says which entities to read next, within a budget, from nothing but the reads themselves. An entity's turn comes with what waiting longer would cost: a · S(a) − Σ S(h), h < a, at age a, the index of the
 * optimal policy for one resource that many compete for (Whittle, J. Applied Probability 25, 1988; Kadota et al., IEEE/ACM ToN 26, 2018), S being how much the value is off after that time. What moves now
 * is read more often than usual, what rests less often, both near to the best fixed plan, and within bounds around the uniform interval that widen as more was seen.
 */
export class ReadScheduler {
  readonly #options: ReadSchedulerOptions;
  readonly #entities: readonly Learned[];
  #readsPerTick: number;
  #saved = 0;
  #alertUntil = Number.NEGATIVE_INFINITY;
  #lastFit = Number.NEGATIVE_INFINITY;

  constructor(options: ReadSchedulerOptions) {
    this.#options = options;
    this.#readsPerTick = options.readsPerTick;
    this.#entities = options.entities.map((entity, index) => {
      const structure = new StructureFunction();
      return {
        entity,
        structure,
        pending: [],
        fitted: structure.fit(options.longest),
        scale: { range: 0, tolerance: 0 },
        values: new Float64Array(16),
        taken: 0,
        readAt: Number.NEGATIVE_INFINITY,
        restlessness: 1,
        changes: 0,
        anchor: options.entities.length / options.readsPerTick,
        stagger: 1 - mostStagger * ((index * goldenRatio) % 1),
      };
    });
    for (const each of this.#entities) each.fitted = this.#fit(each);
  }

  /** Ticks between two reads of an entity if all were read alike. */
  get #uniform(): number {
    return this.#entities.length / this.#readsPerTick;
  }

  /** The budget is another one from now on. */
  setReadsPerTick(reads: number): void {
    this.#readsPerTick = reads;
  }

  /** Reads of an earlier time, in their order: what they show is learned together, as nothing was known of the scale before. */
  learn(index: number, reads: readonly { readonly tick: number; readonly value: number }[]): void {
    const entity = this.#entity(index);
    entity.pending = undefined;
    for (const { value } of reads) keepValue(entity, value);
    entity.scale = scaleOf(knownValues(entity));
    for (const { tick, value } of reads) this.#take(entity, tick, value);
    entity.restlessness = 1;
    entity.fitted = this.#fit(entity);
  }

  /** A read came in. */
  observe(index: number, tick: number, value: number): void {
    const entity = this.#entity(index);
    if (entity.pending !== undefined) {
      entity.readAt = tick;
      entity.pending.push({ tick, value });
      if (entity.pending.length >= readsToLearn) this.learn(index, entity.pending);
      return;
    }
    keepValue(entity, value);
    const before = entity.structure.newest;
    const loss = before === undefined ? 0 : this.#loss(entity, before.value, value);
    if (before !== undefined && entity.entity.wanted !== true) {
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
    entity.fitted = this.#fit(entity);
  }

  /** Whose turn it is at `tick`, the most urgent first; never more than the budget. */
  choose(tick: number): number[] {
    this.#saved = Math.min(this.#saved + this.#readsPerTick, this.#readsPerTick * mostSaved + 2);
    const urgent = this.#urgent(tick).toSorted((a, b) => b.worth - a.worth || a.index - b.index);
    const chosen = urgent.slice(0, Math.floor(this.#saved)).map(({ index }) => index);
    this.#saved -= chosen.length;
    return chosen;
  }

  /** The most urgent one, for a caller who keeps the budget; undefined while none is worth a read. `mayRead` leaves entities out. */
  next(tick: number, mayRead: (index: number) => boolean = () => true): number | undefined {
    let best: { readonly index: number; readonly worth: number } | undefined;
    for (const each of this.#urgent(tick)) {
      if (each.worth > (best?.worth ?? 0) && mayRead(each.index)) best = each;
    }
    return best?.index;
  }

  #urgent(tick: number): { readonly index: number; readonly worth: number }[] {
    if (tick - this.#lastFit >= this.#options.refitEvery) this.#refit(tick);
    const urgent: { readonly index: number; readonly worth: number }[] = [];
    for (const [index, entity] of this.#entities.entries()) {
      const worth = this.#worth(entity, tick);
      if (worth > 0) urgent.push({ index, worth });
    }
    return urgent;
  }

  /** How much moves now, of what ever did: 1 is as usual, 0 nothing. */
  restlessness(): number {
    const moving = this.#entities.filter(({ changes, entity }) => changes > 0 || entity.wanted === true);
    return moving.length === 0 ? 0 : moving.reduce((sum, each) => sum + each.restlessness, 0) / moving.length;
  }

  /** Share of the entities of which enough was read to read them otherwise than all. */
  learned(): number {
    const known = this.#entities.filter(({ structure }) => structure.reads >= readsToLearn).length;
    return known / Math.max(1, this.#entities.length);
  }

  /**
   * Ticks between the reads of each entity as this goes on, if they behave as they did: each is read when its index reaches the level at which all together use the budget.
   */
  expectedIntervals(): number[] {
    const intervalsAt = (level: number): number[] => this.#entities.map((entity) => this.#ageAt(entity, level));
    const loadAt = (level: number): number => intervalsAt(level).reduce((sum, ticks) => sum + 1 / ticks, 0);
    let [low, high] = [lowestLevel, highestLevel];
    for (let round = 0; round < bisections; round += 1) {
      const middle = Math.sqrt(low * high);
      if (loadAt(middle) > this.#readsPerTick) low = middle;
      else high = middle;
    }
    return intervalsAt(high);
  }

  /** The age, between ticks, at which an entity's index reaches a level, within its bounds. */
  #ageAt(entity: Learned, level: number): number {
    const { least, planned } = this.#bounds(entity);
    const { fitted } = entity;
    const index = (lag: number): number => lag * (fitted.loss[lag] as number) - (fitted.sums[lag] as number);
    const { longest } = this.#options;
    for (let lag = Math.max(1, Math.floor(least)); lag <= Math.min(longest, planned); lag += 1) {
      if (index(lag) < level) continue;
      const before = index(lag - 1);
      const between = index(lag) > before ? Math.max(0, (level - before) / (index(lag) - before)) : 1;
      return Math.max(least, lag - 1 + between);
    }
    return planned;
  }

  /** The shortest age at which it is read, the longest near the fixed plan, and the longest there is, in ticks. */
  #bounds({ structure, anchor, stagger }: Learned): { least: number; planned: number; most: number } {
    const uniform = this.#uniform;
    const known = Math.max(0, structure.reads - readsToLearn);
    const factor = 1 + (mostFactor - 1) * (known / (known + readsToTrust));
    const most = Math.max(1, Math.round(Math.max(uniform, uniform * factor * stagger)));
    if (known === 0) return { least: Math.max(1, uniform / factor), planned: most, most };
    const least = Math.max(1, uniform / factor, anchor / aroundAnchor);
    return { least, planned: Math.min(most, Math.max(1, Math.round(anchor * aroundAnchor))), most };
  }

  #worth(entity: Learned, tick: number): number {
    const { fitted, readAt, restlessness, changes, anchor } = entity;
    const age = tick - readAt;
    const { least, planned, most } = this.#bounds(entity);
    const isSuspect = changes === 0 && tick < this.#alertUntil;
    // Overdue ones come first, the most overdue before the others.
    if (age >= (isSuspect ? this.#uniform : most)) return overdue + age;
    if (age < least) return 0;
    if (age >= planned) return overdue / 2 + age / anchor;
    const lag = Math.min(age, this.#options.longest);
    const now = Math.max(1 / mostRestless, Math.min(mostRestless, restlessness));
    return now * (lag * (fitted.loss[lag] as number) - (fitted.sums[lag] as number));
  }

  #refit(tick: number): void {
    this.#lastFit = tick;
    for (const entity of this.#entities) {
      entity.scale = scaleOf(knownValues(entity));
      entity.fitted = this.#fit(entity);
    }
    const intervals = tickLadder(
      this.#uniform / mostFactor,
      Math.min(this.#options.longest, this.#uniform * mostFactor),
    );
    const anchors = allocate(
      this.#entities.map(({ fitted }) => claimOf(fitted, intervals)),
      this.#readsPerTick,
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

  /** Of one that is wanted the loss is its age; noise has none that a read could spare. */
  #fit({ entity, structure }: Learned): FittedStructure {
    const { longest, aged = false } = this.#options;
    const far = Math.min(longest, Math.round(this.#uniform * mostFactor));
    if (entity.wanted === true) return linear(longest, far);
    const fitted = structure.fit(longest + 1);
    if (!aged) return fitted;
    return structure.isFlat(this.#uniform) ? linear(longest, Number.POSITIVE_INFINITY) : agedStructure(fitted);
  }

  #loss({ scale, entity }: Learned, shown: number, value: number): number {
    return Number.isNaN(value) ? 0 : lossOf(shown, value, scale, entity.objective);
  }

  #entity(index: number): Learned {
    const entity = this.#entities[index];
    if (entity === undefined) throw new RangeError(`There are ${this.#entities.length} entities, and no ${index}.`);
    return entity;
  }
}

/** 1 at the lag `whole`. */
function linear(longest: number, whole: number): FittedStructure {
  const loss = Float64Array.from({ length: longest + 1 }, (_, lag) => Math.min(1, lag / whole));
  const sums = new Float64Array(longest + 2);
  for (let lag = 0; lag <= longest; lag += 1) sums[lag + 1] = (sums[lag] as number) + (loss[lag] as number);
  return { loss, sums };
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
