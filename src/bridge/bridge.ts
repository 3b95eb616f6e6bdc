import { type Clock, delay } from "#core/clock.ts";
import { Emitter } from "#core/emitter.ts";
import { CadenceError, isCadenceError, toCadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import type { Service } from "#core/service.ts";
import type { Entity, EntityId } from "#model/entity.ts";
import type { Gap } from "#model/gap.ts";
import type { ModbusConnection } from "#model/modbus-connection.ts";
import { type ConnectionHealth, type ConnectionState, isConnected } from "#model/overview.ts";
import type { PollBurst } from "#model/poll.ts";
import { type Addresses, addressesOf } from "./addresses.ts";
import { BackOff } from "#core/back-off.ts";
import { Coverage } from "./coverage.ts";
import { discover, type Discovered, type DiscoveryOptions, withAttributes } from "./discovery.ts";
import { type EntitiesEvent, parseEntitiesEvent } from "./entities-event.ts";
import { GapFiller } from "./gap-filler.ts";
import { samplePolls } from "./poll-sampler.ts";
import type { ArchivePort, ResumePoint, SamplePort } from "./ports.ts";
import { postState } from "./rest.ts";
import { Session } from "./session.ts";
import { openSocket } from "./socket.ts";

export interface BridgeOptions extends DiscoveryOptions {
  readonly url: string;
  readonly token: string;
  /** The home's time: what Home Assistant's stamps are compared with. In the demo it runs faster. */
  readonly clock: Clock;
  /** The network's time: deadlines, pings, waits. */
  readonly networkClock: Clock;
  readonly logger: Logger;
  /** Milliseconds from one look at the reads to the next. @default 1000 */
  readonly pollPeriod?: number;
  /** Numbers from 0 to 1, for the spread of waiting times. */
  readonly random: () => number;
  /** How far back the recorder is asked for entities that are new. */
  readonly backfillDays: number;
  readonly resume: ResumePoint;
  readonly sink: SamplePort;
  /** Asked for the past of new entities before Home Assistant is. @default none */
  readonly archive?: ArchivePort;
}

interface MqttMessage {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
}

export interface BridgeEvents {
  connection: ConnectionHealth;
  /** All entities followed, whenever their set or what is known of them changed. */
  entities: readonly Entity[];
  /** Undefined where Home Assistant does not tell. */
  connections: readonly ModbusConnection[] | undefined;
  polls: PollBurst;
  gap: Gap;
}

/** Milliseconds of the network's time. */
const limits = {
  stepDeadline: 10_000,
  pingEvery: 20_000,
  pingDeadline: 15_000,
  firstRetry: 1_000,
  slowestRetry: 30_000,
  retryRefused: 300_000,
  readyEvery: 1_000,
  rediscoverEvery: 300_000,
  rediscoverSoon: 2_000,
} as const;

/** The connection to Home Assistant: one session after the other, for ever, until stopped. */
export class Bridge implements Service {
  readonly name = "bridge";
  readonly events: Emitter<BridgeEvents>;
  readonly #options: BridgeOptions;
  readonly #addresses: Addresses;
  readonly #coverage: Coverage;
  readonly #backOff: BackOff;
  readonly #stop = new AbortController();
  /** What was found, without what states say of it. */
  #found: readonly Omit<Entity, "name">[] = [];
  readonly #attributes = new Map<EntityId, Readonly<Record<string, unknown>>>();
  #sessions = 0;
  #health: ConnectionHealth;
  /** Why the last try ended; undefined while connected. */
  #failure: CadenceError | undefined;
  #session: Session | undefined;
  #running: Promise<void> | undefined;
  #services: Promise<Readonly<Record<string, unknown>>> | undefined;
  #hurry: AbortController = new AbortController();
  #language: string | undefined;

  constructor(options: BridgeOptions) {
    this.#options = options;
    this.#addresses = addressesOf(options.url);
    this.#coverage = new Coverage(options.resume);
    this.#backOff = new BackOff({ first: limits.firstRetry, cap: limits.slowestRetry, random: options.random });
    this.#health = { state: "disconnected", since: options.clock.now(), reconnects: 0 };
    this.events = new Emitter((error) => options.logger.error("A listener of the bridge failed", { error }));
  }

  /** Begins to connect; does not wait for it. */
  start(): Promise<void> {
    this.#running ??= this.#run();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stop.abort(new CadenceError("ABORTED", "The bridge was stopped."));
    this.#session?.terminate();
    await this.#running;
  }

  inspect(): Readonly<Record<string, unknown>> {
    return {
      ...this.#health,
      entities: this.#found.length,
      gaps: this.#coverage.gaps,
      openGap: this.#coverage.openGap ?? null,
    };
  }

  health(): ConnectionHealth {
    return this.#health;
  }

  /** Why there is no connection; undefined while there is one, and before the first try ended. */
  get failure(): CadenceError | undefined {
    return this.#failure;
  }

  get gaps(): { readonly total: number; readonly open: number } {
    return { total: this.#coverage.gaps, open: this.#coverage.openGap === undefined ? 0 : 1 };
  }

  /** Ends the wait for the next try. */
  retryNow(): void {
    this.#hurry.abort();
  }

  /** Resolves when the service has done its work. Throws HASS_CONNECTION_LOST while there is no connection, else as `Session.command`. */
  async callService(domain: string, service: string, data: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#live().command({ type: "call_service", domain, service, service_data: data } as never);
  }

  async hasService(domain: string, service: string): Promise<boolean> {
    const session = this.#live();
    this.#services ??= session.command<Readonly<Record<string, unknown>>>({ type: "get_services" });
    try {
      return Object.hasOwn(((await this.#services)[domain] ?? {}) as object, service);
    } catch (error) {
      this.#services = undefined;
      throw error;
    }
  }

  /** Messages go to `listener` until the connection ends. Throws as `callService`. */
  async subscribeMqtt(topic: string, listener: (message: MqttMessage) => void): Promise<void> {
    await this.#live().subscribe<Partial<MqttMessage> | null>(
      { type: "mqtt/subscribe", topic, qos: 1 } as never,
      (event) => {
        if (typeof event?.topic === "string" && typeof event.payload === "string")
          listener({ topic: event.topic, payload: event.payload, retain: event.retain === true });
      },
    );
  }

  /** The home's language, such as `de`; undefined before the first connection. */
  get language(): string | undefined {
    return this.#language;
  }

  async postState(entityId: EntityId, state: string, attributes: Readonly<Record<string, unknown>>): Promise<void> {
    await postState(this.#addresses, this.#options.token, entityId, state, attributes);
  }

  #live(): Session {
    if (this.#session === undefined || !isConnected(this.#health.state)) {
      throw new CadenceError("HASS_CONNECTION_LOST", "There is no connection to Home Assistant now.", {
        remedy: "It is tried again by itself.",
      });
    }
    return this.#session;
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const { clock, networkClock, logger } = this.#options;
    while (!this.#stop.signal.aborted) {
      let failure: CadenceError;
      try {
        await this.#connect();
        continue;
      } catch (error) {
        failure = toCadenceError(error);
      }
      if (this.#stop.signal.aborted) break;
      const refused = failure.code === "HASS_AUTH_INVALID";
      const wait = refused ? limits.retryRefused : this.#backOff.next();
      // The same reason again and again is no news.
      const news = failure.sentence !== this.#failure?.sentence;
      const level = failure.code === "INTERNAL" ? "error" : news ? "warn" : "debug";
      this.#failure = failure;
      logger[level](failure.sentence, {
        nextTryIn: `${Math.round(wait / 1_000)} s`,
        ...(level === "error" ? { error: failure } : {}),
      });
      this.#setState(refused ? "refused" : "disconnected", { cause: failure.sentence, nextTryAt: clock.now() + wait });
      this.#hurry = new AbortController();
      await delay(networkClock, wait, AbortSignal.any([this.#stop.signal, this.#hurry.signal])).catch(() => undefined);
    }
    this.#setState("disconnected", {});
  }

  #setState(state: ConnectionState, facts: Partial<ConnectionHealth>): void {
    const { version, reconnects } = this.#health;
    const since = state === this.#health.state ? this.#health.since : this.#options.clock.now();
    this.#health = { state, since, reconnects, ...(version === undefined ? {} : { version }), ...facts };
    this.events.emit("connection", this.#health);
  }

  #why(): Partial<ConnectionHealth> {
    return this.#failure === undefined ? {} : { cause: this.#failure.sentence };
  }

  /** One session from its beginning to its end. Always throws: there is always a reason why it ended. */
  async #connect(): Promise<void> {
    const { clock, networkClock, logger } = this.#options;
    this.#setState("connecting", this.#why());
    const socket = await openSocket({
      addresses: this.#addresses,
      token: this.#options.token,
      clock: networkClock,
      stepDeadline: limits.stepDeadline,
      signal: this.#stop.signal,
      onOpen: () => this.#setState("authenticating", this.#why()),
    });
    const session = new Session({ socket, clock: networkClock });
    this.#session = session;
    this.#services = undefined;
    try {
      this.#setState("syncing", { version: session.version });
      const alive = session.keepAlive(limits.pingEvery, limits.pingDeadline);
      alive.catch(() => undefined);
      await this.#untilRunning(session);
      await this.#follow(session);
      logger.info(`Connected to Home Assistant ${session.version}`, {
        url: this.#addresses.base,
        entities: this.#found.length,
      });
      this.#sessions += 1;
      this.#failure = undefined;
      this.#setState("live", { reconnects: this.#sessions - 1 });
      this.#backOff.reset();
      await alive;
    } finally {
      this.#session = undefined;
      session.terminate();
      this.events.emit("gap", this.#coverage.open("connection-lost", clock.now()));
    }
  }

  /** Connected is not ready: while Home Assistant starts, its Modbus entities are missing and must not be taken for removed. */
  async #untilRunning(session: Session): Promise<void> {
    for (;;) {
      const config = await session.command<{ state?: unknown; language?: unknown } | null>({ type: "get_config" });
      if (typeof config?.language === "string") this.#language = config.language;
      const state = config?.state;
      if (state === "RUNNING" || state === undefined) return;
      this.#setState("syncing", { cause: "Home Assistant is starting." });
      await delay(this.#options.networkClock, limits.readyEvery, session.ended);
    }
  }

  /** Finds the entities, subscribes to them, and starts what accompanies the session. */
  async #follow(session: Session): Promise<void> {
    const { clock, logger } = this.#options;
    const filler = new GapFiller({
      session,
      clock,
      logger,
      coverage: this.#coverage,
      sink: this.#options.sink,
      backfillDays: this.#options.backfillDays,
      ...(this.#options.archive === undefined ? {} : { archive: this.#options.archive }),
    });
    const followed = new Set<EntityId>();
    this.#coverage.open("start", clock.now());
    await this.#discover(session, followed, filler);
    const accompany = (what: string, work: Promise<void>): void => {
      work.catch((error: unknown) => {
        if (!session.ended.aborted) logger.warn(`${what} ended early`, { error });
      });
    };
    accompany("Reading history", filler.run());
    accompany("Counting reads", this.#countPolls(session, followed));
    accompany("Following changes of the registry", this.#rediscover(session, followed, filler));
  }

  #countPolls(session: Session, followed: ReadonlySet<EntityId>): Promise<void> {
    const { clock, pollPeriod = 1_000 } = this.#options;
    return samplePolls({
      session,
      clock,
      period: pollPeriod,
      entityIds: () => [...followed],
      onBurst: (burst) => this.events.emit("polls", burst),
    });
  }

  async #discover(session: Session, followed: Set<EntityId>, filler: GapFiller): Promise<void> {
    const found = await discover(session, this.#options);
    const fresh = found.entities.filter(({ entityId }) => !followed.has(entityId));
    if (found.entities.length === 0)
      this.#options.logger.warn("No Modbus entity was found", { lookedAt: found.looked });
    if (fresh.length > 0) await this.#subscribe(session, fresh, followed, filler);
    this.#found = found.entities;
    this.#tellEntities();
    this.events.emit("connections", found.connections);
  }

  async #subscribe(
    session: Session,
    fresh: Discovered["entities"],
    followed: Set<EntityId>,
    filler: GapFiller,
  ): Promise<void> {
    const entityIds = fresh.map(({ entityId }) => entityId);
    const wantedIds = new Set(entityIds);
    let snapshot = true;
    const arrived = Promise.withResolvers<void>();
    const listener = (event: EntitiesEvent): void => {
      const { samples, attributes, newest } = parseEntitiesEvent(event);
      for (const [entityId, facts] of attributes) this.#attributes.set(entityId, facts);
      if (!snapshot && attributes.size > 0) this.#tellEntities();
      const wanted = samples.filter(({ entityId }) => wantedIds.has(entityId));
      if (newest !== undefined) this.#coverage.see(newest);
      this.#offer(snapshot ? "snapshot" : "live", wanted, filler);
      snapshot = false;
      arrived.resolve();
    };
    await session.subscribe<EntitiesEvent>({ type: "subscribe_entities", entity_ids: entityIds } as never, listener);
    const lost = (): void => arrived.reject(session.ended.reason as Error);
    session.ended.addEventListener("abort", lost, { once: true });
    await arrived.promise;
    session.ended.removeEventListener("abort", lost);
    for (const entityId of entityIds) followed.add(entityId);
    filler.add(entityIds);
  }

  #offer(origin: "live" | "snapshot", samples: Parameters<SamplePort["offer"]>[0]["samples"], filler: GapFiller): void {
    if (samples.length === 0) return;
    const { coveredUntil } = this.#coverage;
    if (this.#options.sink.offer({ origin, samples, ...(coveredUntil === undefined ? {} : { coveredUntil }) })) return;
    const earliest = samples.reduce((least, { time }) => Math.min(least, time), this.#options.clock.now());
    this.events.emit("gap", this.#coverage.open("refused", this.#options.clock.now()));
    filler.refused(earliest);
  }

  #tellEntities(): void {
    this.events.emit(
      "entities",
      this.#found.map((entity) => withAttributes(entity, this.#attributes.get(entity.entityId))),
    );
  }

  /** New, renamed and removed entities, soon after Home Assistant says that something changed, and every few minutes. */
  async #rediscover(session: Session, followed: Set<EntityId>, filler: GapFiller): Promise<void> {
    let changed = Promise.withResolvers<void>();
    for (const event of ["entity_registry_updated", "component_loaded"]) {
      await session
        .subscribe({ type: "subscribe_events", event_type: event } as never, () => changed.resolve())
        .catch((error: unknown) => {
          if (!isCadenceError(error, "HASS_COMMAND_FAILED")) throw error;
        });
    }
    while (!session.ended.aborted) {
      const soon = changed.promise.then(() => delay(this.#options.networkClock, limits.rediscoverSoon, session.ended));
      await Promise.race([soon, delay(this.#options.networkClock, limits.rediscoverEvery, session.ended)]);
      changed = Promise.withResolvers<void>();
      await this.#discover(session, followed, filler);
    }
  }
}
