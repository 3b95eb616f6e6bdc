import { delay } from "#core/clock.ts";
import { Emitter } from "#core/emitter.ts";
import { CadenceError, toCadenceError } from "#core/errors.ts";
import type { Service } from "#core/service.ts";
import type { EntityId } from "#model/entity.ts";
import { type ConnectionHealth, type ConnectionState, isConnected } from "#model/overview.ts";
import { type Addresses, addressesOf } from "./addresses.ts";
import { BackOff } from "#core/back-off.ts";
import { Coverage } from "./coverage.ts";
import { Follower, type FollowerEvents, type FollowOptions } from "./follower.ts";
import type { ResumePoint } from "./ports.ts";
import { postState } from "./rest.ts";
import { parseServiceCall, type ServiceCall } from "./service-call.ts";
import { Session } from "./session.ts";
import { openSocket } from "./socket.ts";
import { parseAdministrators } from "./users.ts";

export interface BridgeOptions extends FollowOptions {
  readonly url: string;
  readonly token: string;
  /** Numbers from 0 to 1, for the spread of waiting times. */
  readonly random: () => number;
  readonly resume: ResumePoint;
}

interface MqttMessage {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
}

export interface BridgeEvents extends FollowerEvents {
  connection: ConnectionHealth;
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
  readDeadline: 120_000,
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
  readonly #follower: Follower;
  #sessions = 0;
  #health: ConnectionHealth;
  /** Why the last try ended; undefined while connected. */
  #failure: CadenceError | undefined;
  #session: Session | undefined;
  #running: Promise<void> | undefined;
  #services: Promise<Readonly<Record<string, unknown>>> | undefined;
  #hurry: AbortController = new AbortController();
  #language: string | undefined;
  /** What does not work although there is a connection, by what it is about. */
  readonly #troubles = new Map<string, string>();

  constructor(options: BridgeOptions) {
    this.#options = options;
    this.#addresses = addressesOf(options.url);
    this.#coverage = new Coverage(options.resume);
    this.#backOff = new BackOff({ first: limits.firstRetry, cap: limits.slowestRetry, random: options.random });
    this.#health = { state: "disconnected", since: options.clock.now(), reconnects: 0 };
    this.events = new Emitter((error) => options.logger.error("A listener of the bridge failed", { error }));
    this.#follower = new Follower({
      ...options,
      coverage: this.#coverage,
      events: this.events as unknown as Emitter<FollowerEvents>,
      onTrouble: (about, sentence) => this.#trouble(about, sentence),
    });
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
      entities: this.#follower.count,
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

  /** Reads an entity now; resolves with its state when that is done, however long others are before it. Throws as `callService`. */
  async readNow(entityId: EntityId): Promise<string | undefined> {
    const message = {
      type: "call_service",
      domain: "homeassistant",
      service: "update_entity",
      service_data: { entity_id: [entityId] },
    };
    await this.#live().command(message as never, limits.readDeadline);
    return this.#follower.stateOf(entityId);
  }

  /** Services that anybody calls go to `listener` until the connection ends. Throws as `callService`. */
  async watchServiceCalls(listener: (call: ServiceCall) => void): Promise<void> {
    await this.#live().subscribe<unknown>(
      { type: "subscribe_events", event_type: "call_service" } as never,
      (event) => {
        const call = parseServiceCall(event);
        if (call !== undefined) listener(call);
      },
    );
  }

  /** Ids of the users who may change anything. Throws as `callService`. */
  async administrators(): Promise<ReadonlySet<string>> {
    const users = await this.#live().command<unknown>({ type: "config/auth/list" } as never);
    return new Set(parseAdministrators(users));
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

  /** Live or degraded, as long as there is a connection. */
  #trouble(about: string, sentence: string | undefined): void {
    if (sentence === undefined) this.#troubles.delete(about);
    else this.#troubles.set(about, sentence);
    if (isConnected(this.#health.state)) this.#connected();
  }

  #connected(): void {
    const { state, cause, reconnects } = this.#health;
    const [trouble] = this.#troubles.values();
    const next = trouble === undefined ? "live" : "degraded";
    if (state === next && cause === trouble && reconnects === this.#sessions - 1) return;
    this.#setState(next, {
      reconnects: this.#sessions - 1,
      ...(trouble === undefined ? {} : { cause: trouble }),
      ...(this.#follower.missing.length === 0 ? {} : { missing: this.#follower.missing }),
    });
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
      this.#troubles.clear();
      await this.#follower.follow(session);
      logger.info(`Connected to Home Assistant ${session.version}`, {
        url: this.#addresses.base,
        entities: this.#follower.count,
      });
      this.#sessions += 1;
      this.#failure = undefined;
      this.#setState("live", {
        reconnects: this.#sessions - 1,
        ...(this.#follower.missing.length === 0 ? {} : { missing: this.#follower.missing }),
      });
      this.#connected();
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
}
