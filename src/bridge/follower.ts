import { type Clock, delay } from "#core/clock.ts";
import type { Emitter } from "#core/emitter.ts";
import { CadenceError, isCadenceError, toCadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import type { Entity, EntityId } from "#model/entity.ts";
import type { Gap } from "#model/gap.ts";
import type { ModbusConnection } from "#model/modbus-connection.ts";
import type { PollBurst } from "#model/poll.ts";
import type { Rename } from "#model/rename.ts";
import { unavailable } from "#model/sample.ts";
import type { Coverage } from "./coverage.ts";
import { discover, type Discovered, type DiscoveryOptions, withAttributes } from "./discovery.ts";
import { type EntitiesEvent, parseEntitiesEvent } from "./entities-event.ts";
import { FrameGatherer } from "./frame-gatherer.ts";
import { GapFiller } from "./gap-filler.ts";
import { samplePolls } from "./poll-sampler.ts";
import type { ArchivePort, SamplePort } from "./ports.ts";
import { renamesBetween } from "./renames.ts";
import type { Session } from "./session.ts";

export interface FollowerEvents {
  /** All entities followed, whenever their set or what is known of them changed. */
  entities: readonly Entity[];
  /** Undefined where Home Assistant does not tell. */
  connections: readonly ModbusConnection[] | undefined;
  polls: PollBurst;
  gap: Gap;
}

export interface FollowOptions extends DiscoveryOptions {
  /** The home's time: what Home Assistant's stamps are compared with. In the demo it runs faster. */
  readonly clock: Clock;
  /** The network's time: deadlines, pings, waits. */
  readonly networkClock: Clock;
  readonly logger: Logger;
  /** Milliseconds from one look at the reads to the next. @default 1000 */
  readonly pollPeriod?: number;
  /** How far back the recorder is asked for entities that are new. */
  readonly backfillDays: number;
  readonly sink: SamplePort;
  /** Entities as an earlier run knew them: those that were renamed since are known again. @default none */
  readonly known?: () => readonly Entity[];
  /** Asked for the past of new entities before Home Assistant is. @default none */
  readonly archive?: ArchivePort;
}

export interface FollowerOptions extends FollowOptions {
  readonly coverage: Coverage;
  readonly events: Emitter<FollowerEvents>;
  /** Something does not work although there is a connection; undefined when it works again. */
  readonly onTrouble: (about: string, sentence: string | undefined) => void;
}

/** Milliseconds of the network's time. */
const every = { discovery: 300_000, discoverySoon: 2_000, retry: 60_000 } as const;

/** After these something may be there, gone, or called otherwise. */
const registryEvents = [
  "entity_registry_updated",
  "device_registry_updated",
  "area_registry_updated",
  "component_loaded",
] as const;

/** What belongs to one connection. */
interface Connected {
  readonly session: Session;
  readonly filler: GapFiller;
  readonly followed: Set<EntityId>;
  /** Those that Home Assistant tells of, also of such as are gone and may come back: it need not be asked twice. */
  readonly subscribed: Set<EntityId>;
}

/** What is followed: which entities there are, their states, their past, and when they are read. It outlives connections. */
export class Follower {
  readonly #options: FollowerOptions;
  /** What was found, without what states say of it. */
  #found: readonly Omit<Entity, "name">[] = [];
  readonly #attributes = new Map<EntityId, Readonly<Record<string, unknown>>>();
  /** The newest state of each entity. */
  readonly #states = new Map<EntityId, string>();
  #missing: readonly string[] = [];
  /** Renames on their way into the store; true once they are there. */
  #renaming: Promise<boolean> = Promise.resolve(true);
  /** When this connection's entities were last asked for; entities that were found later may have been there since. */
  #discoveredAt = Number.POSITIVE_INFINITY;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** Entities that are followed. */
  get count(): number {
    return this.#found.length;
  }

  /** As of the newest event; undefined of an entity that is not followed. */
  stateOf(entityId: EntityId): string | undefined {
    return this.#states.get(entityId);
  }

  /** What Home Assistant cannot tell, each in a sentence. */
  get missing(): readonly string[] {
    return this.#missing;
  }

  /** Finds the entities, subscribes to them, and starts what accompanies the session. */
  async follow(session: Session): Promise<void> {
    const { clock, logger } = this.#options;
    const filler = new GapFiller({
      session,
      clock,
      logger,
      coverage: this.#options.coverage,
      sink: this.#options.sink,
      backfillDays: this.#options.backfillDays,
      ...(this.#options.archive === undefined ? {} : { archive: this.#options.archive }),
      onTrouble: (sentence) => this.#options.onTrouble("history", sentence),
    });
    this.#discoveredAt = Number.POSITIVE_INFINITY;
    const followed = new Set<EntityId>();
    const connected: Connected = { session, filler, followed, subscribed: new Set() };
    this.#options.coverage.open("start", clock.now());
    await this.#discover(connected);
    const accompany = (what: string, work: () => Promise<void>): void =>
      void this.#accompany(session, what, work).catch((error: unknown) => logger.error(`${what} has ended`, { error }));
    accompany("Reading history", () => filler.run());
    accompany("Counting reads", () => this.#countPolls(session, followed));
    accompany("Following changes of the registry", () => this.#rediscover(connected));
  }

  /** What fails is said, and begun again, until the session ends. */
  async #accompany(session: Session, what: string, work: () => Promise<void>): Promise<void> {
    while (!session.ended.aborted) {
      try {
        await work();
      } catch (error) {
        if (session.ended.aborted) return;
        const failure = toCadenceError(error);
        this.#options.logger.warn(`${what} does not work now; it is tried again. ${failure.sentence}`, {
          ...(failure.code === "INTERNAL" ? { error } : {}),
        });
        this.#options.onTrouble(what, `${what} does not work now, and is tried again. ${failure.sentence}`);
        await delay(this.#options.networkClock, every.retry, session.ended).catch(() => undefined);
        this.#options.onTrouble(what, undefined);
      }
    }
  }

  #countPolls(session: Session, followed: ReadonlySet<EntityId>): Promise<void> {
    const { clock, pollPeriod = 1_000 } = this.#options;
    return samplePolls({
      session,
      clock,
      period: pollPeriod,
      entityIds: () => [...followed],
      isMissing: (entityId) => this.#states.get(entityId) === unavailable,
      onBurst: (burst) => this.#options.events.emit("polls", burst),
    });
  }

  async #discover(connected: Connected): Promise<void> {
    const { session, filler, followed, subscribed } = connected;
    const askedAt = this.#options.coverage.seenUntil ?? this.#options.clock.now();
    const found = await discover(session, this.#options);
    await this.#followRenames(found.entities, connected);
    const present = new Set(found.entities.map(({ entityId }) => entityId));
    for (const entityId of followed) if (!present.has(entityId)) followed.delete(entityId);
    this.#tellMissing(found.missing);
    const fresh = found.entities.filter(({ entityId }) => !followed.has(entityId));
    if (found.entities.length === 0)
      this.#options.logger.warn("No Modbus entity was found", { lookedAt: found.looked });
    const ids = fresh.map(({ entityId }) => entityId);
    const untold = ids.filter((entityId) => !subscribed.has(entityId));
    if (untold.length > 0) await this.#subscribe(untold, connected);
    for (const entityId of ids) followed.add(entityId);
    if (ids.length > 0) filler.add(ids, this.#discoveredAt);
    this.#discoveredAt = askedAt;
    this.#found = found.entities;
    this.#tellEntities();
    this.#options.events.emit("connections", found.connections);
  }

  /**
   * Before anything of the new id is delivered, or told: what was delivered of the old one is its past. Throws when the renames could not be stored; they are then found again. One
   * that is still on its way when a connection ends is waited for by the next: told twice, entities that swap ids would swap back.
   */
  async #followRenames(found: Discovered["entities"], { session, followed }: Connected): Promise<void> {
    await untilEnd(this.#renaming, session);
    const before = this.#found.length > 0 ? this.#found : (this.#options.known?.() ?? []);
    const renamed = renamesBetween(before, found);
    if (renamed.length === 0) return;
    this.#renaming = this.#storeRenames(renamed, before);
    if (!(await untilEnd(this.#renaming, session)))
      throw new CadenceError("STORE_IO", "Entities were renamed, and that could not be stored.", {
        remedy: "It is tried again by itself; the log says why.",
      });
    for (const { from } of renamed) {
      followed.delete(from);
      this.#attributes.delete(from);
      this.#states.delete(from);
    }
  }

  /** False when they could not be stored. Never rejects. */
  async #storeRenames(renamed: readonly Rename[], before: readonly Omit<Entity, "name">[]): Promise<boolean> {
    const { sink, coverage } = this.#options;
    const settled = Promise.withResolvers<boolean>();
    const delivery = { origin: "snapshot", samples: [], renamed, onSettled: settled.resolve } as const;
    const stored = await sink.deliver(delivery).then(
      () => settled.promise,
      () => false,
    );
    if (!stored) return false;
    for (const rename of renamed) coverage.rename(rename);
    this.#found = renamed.reduce<readonly Omit<Entity, "name">[]>(
      (all, { from, to }) => all.map((each) => (each.entityId === from ? { ...each, entityId: to } : each)),
      before,
    );
    return true;
  }

  /** Once, and again when it has changed. */
  #tellMissing(missing: readonly string[]): void {
    for (const sentence of missing) if (!this.#missing.includes(sentence)) this.#options.logger.info(sentence);
    this.#missing = missing;
  }

  /** Resolves when the states as they are now have come. */
  async #subscribe(
    entityIds: readonly EntityId[],
    { session, filler, followed, subscribed }: Connected,
  ): Promise<void> {
    const asked = new Set(entityIds);
    const isFirst = subscribed.size === 0;
    let snapshot = true;
    const arrived = Promise.withResolvers<void>();
    const gatherer = new FrameGatherer((wanted, newest) => {
      if (newest !== undefined) this.#options.coverage.see(newest, isFirst || !snapshot);
      this.#offer(snapshot ? "snapshot" : "live", wanted, filler);
    });
    const listener = (event: EntitiesEvent): void => {
      const { samples, attributes, newest } = parseEntitiesEvent(event);
      for (const [entityId, facts] of attributes) this.#attributes.set(entityId, facts);
      if (!snapshot && attributes.size > 0) this.#tellEntities();
      for (const { entityId, state } of samples) this.#states.set(entityId, state);
      // What has gone, or goes on under another id, is followed no more, whatever is still told of it.
      const isWanted = (entityId: EntityId): boolean => !subscribed.has(entityId) || followed.has(entityId);
      gatherer.add(
        samples.filter(({ entityId }) => asked.has(entityId) && isWanted(entityId)),
        newest,
      );
      if (snapshot) gatherer.flush();
      snapshot = false;
      arrived.resolve();
    };
    await session.subscribe<EntitiesEvent>({ type: "subscribe_entities", entity_ids: entityIds } as never, listener);
    const lost = (): void => arrived.reject(session.ended.reason as Error);
    session.ended.addEventListener("abort", lost, { once: true });
    await arrived.promise;
    session.ended.removeEventListener("abort", lost);
    for (const entityId of entityIds) {
      subscribed.add(entityId);
      followed.add(entityId);
    }
  }

  #offer(origin: "live" | "snapshot", samples: Parameters<SamplePort["offer"]>[0]["samples"], filler: GapFiller): void {
    if (samples.length === 0) return;
    const { coveredUntil } = this.#options.coverage;
    if (this.#options.sink.offer({ origin, samples, ...(coveredUntil === undefined ? {} : { coveredUntil }) })) return;
    const earliest = samples.reduce((least, { time }) => Math.min(least, time), this.#options.clock.now());
    this.#options.events.emit("gap", this.#options.coverage.open("refused", this.#options.clock.now()));
    filler.refused(earliest);
  }

  #tellEntities(): void {
    this.#options.events.emit(
      "entities",
      this.#found.map((entity) => withAttributes(entity, this.#attributes.get(entity.entityId))),
    );
  }

  /** New, renamed and removed entities, soon after Home Assistant says that something changed, and every few minutes. */
  async #rediscover(connected: Connected): Promise<void> {
    const { session } = connected;
    let changed = Promise.withResolvers<void>();
    for (const event of registryEvents) {
      await session
        .subscribe({ type: "subscribe_events", event_type: event } as never, () => changed.resolve())
        .catch((error: unknown) => {
          if (!isCadenceError(error, "HASS_COMMAND_FAILED")) throw error;
        });
    }
    while (!session.ended.aborted) {
      // Whichever wait is left over ends as well: a busy registry would leave hundreds.
      const over = new AbortController();
      const signal = AbortSignal.any([session.ended, over.signal]);
      const soon = changed.promise.then(() => delay(this.#options.networkClock, every.discoverySoon, signal));
      await Promise.race([soon, delay(this.#options.networkClock, every.discovery, signal)]).finally(() =>
        over.abort(),
      );
      changed = Promise.withResolvers<void>();
      await this.#discover(connected);
    }
  }
}

/** Rejects when the connection ends first. */
async function untilEnd<Result>(work: Promise<Result>, { ended }: Session): Promise<Result> {
  ended.throwIfAborted();
  const lost = Promise.withResolvers<never>();
  const reject = (): void => lost.reject(ended.reason as Error);
  ended.addEventListener("abort", reject, { once: true });
  try {
    return await Promise.race([work, lost.promise]);
  } finally {
    ended.removeEventListener("abort", reject);
  }
}
