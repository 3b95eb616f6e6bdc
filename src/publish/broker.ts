import type { IClientOptions, IPublishPacket, MqttClient } from "mqtt";
import { BackOff } from "#core/back-off.ts";
import { type Clock, delay } from "#core/clock.ts";
import { Emitter, type Unsubscribe } from "#core/emitter.ts";
import { CadenceError } from "#core/errors.ts";
import { redactText } from "#core/redact.ts";
import type { Logger } from "#core/logger.ts";
import type { Service } from "#core/service.ts";
import type { MqttLink, MqttListener, MqttMessage } from "./mqtt-link.ts";

/** Where a broker is, and who we are to it. */
export interface BrokerAddress {
  /** `mqtt://host:1883`, or `mqtts://…` for TLS. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** Certificates (PEM) of whoever signed the broker's, where the machine does not know them. */
  readonly ca?: string;
}

export interface BrokerOptions {
  /** Asked before every try, as the Supervisor may have made new credentials; undefined where there is no broker. */
  readonly find: () => Promise<BrokerAddress | undefined>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  /** Tells clients apart; the same in every run, so that the broker sees one that came back. */
  readonly clientId: string;
  /** What the broker says when we are gone without a word. */
  readonly will: MqttMessage;
}

const limits = {
  connect: 10_000,
  answer: 10_000,
  goodbye: 700,
  keepAliveSeconds: 30,
  firstRetry: 1_000,
  slowestRetry: 60_000,
  noBroker: 300_000,
} as const;
/** Larger messages are none of ours. */
const largestPayload = 4_096;

/** A connection of our own to a broker: one after the other, for ever, until stopped. Its last will makes the sensors unavailable at once when the daemon dies. */
export class Broker implements Service, MqttLink {
  readonly name = "broker";
  readonly #options: BrokerOptions;
  readonly #backOff: BackOff;
  readonly #stop = new AbortController();
  readonly #events: Emitter<{ connected: undefined }>;
  readonly #listeners = new Map<string, MqttListener>();
  #client: MqttClient | undefined;
  #running: Promise<void> | undefined;
  #failure: string | undefined;
  #found: boolean | undefined;

  constructor(options: BrokerOptions) {
    this.#options = options;
    this.#backOff = new BackOff({ first: limits.firstRetry, cap: limits.slowestRetry, random: options.random });
    this.#events = new Emitter((error) => options.logger.error("A listener of the broker failed", { error }));
  }

  /** Begins to connect; does not wait for it. */
  start(): Promise<void> {
    this.#running ??= this.#run();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stop.abort(new CadenceError("ABORTED", "The broker's connection was ended."));
    await this.#running;
  }

  inspect(): Readonly<Record<string, unknown>> {
    return { found: this.#found ?? null, connected: this.connected, failure: this.#failure ?? null };
  }

  get connected(): boolean {
    return this.#client?.connected === true;
  }

  /** Why there is no connection, in a sentence; undefined while there is one, before the first try, and where there is no broker. */
  get failure(): string | undefined {
    return this.connected || this.#failure === undefined
      ? undefined
      : `The MQTT broker cannot be reached: ${this.#failure}.`;
  }

  /** False where there is no broker; undefined before that was asked. */
  get found(): boolean | undefined {
    return this.#found;
  }

  /** Called for every new connection: nothing is subscribed to then. */
  onConnect(listener: () => void): Unsubscribe {
    return this.#events.on("connected", listener);
  }

  async publish({ topic, payload, retain }: MqttMessage): Promise<void> {
    await this.#answered((client) => client.publishAsync(topic, payload, { qos: 1, retain }));
  }

  async subscribe(topic: string, listener: MqttListener): Promise<void> {
    this.#listeners.set(topic, listener);
    await this.#answered((client) => client.subscribeAsync(topic, { qos: 1 }));
  }

  async #answered(work: (client: MqttClient) => Promise<unknown>): Promise<void> {
    const client = this.#client;
    if (client === undefined || !client.connected) throw noConnection();
    const late = Promise.withResolvers<never>();
    using _timer = this.#options.clock.after(limits.answer, () => late.reject(noConnection("does not answer")));
    try {
      await Promise.race([work(client), late.promise]);
    } catch (cause) {
      throw cause instanceof CadenceError ? cause : noConnection(`took nothing: ${reasonOf(cause)}`, cause);
    }
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const { clock, logger } = this.#options;
    while (!this.#stop.signal.aborted) {
      let wait: number;
      try {
        const address = await this.#options.find();
        this.#found = address !== undefined;
        if (address === undefined) wait = limits.noBroker;
        else {
          await this.#session(address);
          wait = this.#backOff.next();
        }
      } catch (error) {
        const failure = redactText(reasonOf(error));
        wait = this.#backOff.next();
        // The same reason again and again is no news.
        logger[failure === this.#failure ? "debug" : "warn"](`The MQTT broker cannot be reached: ${failure}.`, {
          nextTryIn: `${Math.round(wait / 1_000)} s`,
        });
        this.#failure = failure;
      }
      await delay(clock, wait, this.#stop.signal).catch(() => undefined);
    }
  }

  /** One connection from its beginning to its end. */
  async #session(address: BrokerAddress): Promise<void> {
    const { logger } = this.#options;
    const client = await this.#connect(address);
    if (client === undefined) return;
    const ended = Promise.withResolvers<void>();
    client.on("close", () => ended.resolve());
    client.on("error", (error) => logger.debug(`The MQTT broker's connection failed: ${redactText(error.message)}`));
    client.on("message", (topic, payload, packet) => this.#receive(topic, payload, packet));
    this.#client = client;
    this.#failure = undefined;
    this.#backOff.reset();
    logger.info("Connected to the MQTT broker", { url: redactText(address.url) });
    this.#events.emit("connected", undefined);
    const stop = (): void => ended.resolve();
    this.#stop.signal.addEventListener("abort", stop, { once: true });
    if (this.#stop.signal.aborted || !client.connected) ended.resolve();
    await ended.promise;
    this.#stop.signal.removeEventListener("abort", stop);
    this.#client = undefined;
    this.#failure = "it ended the connection";
    this.#listeners.clear();
    await this.#end(client);
    if (!this.#stop.signal.aborted) logger.warn("The connection to the MQTT broker was lost; it is tried again");
  }

  /** With a word, so that the broker keeps the last will to itself; one that does not answer is not waited for. */
  async #end(client: MqttClient): Promise<void> {
    const late = Promise.withResolvers<void>();
    using _timer = this.#options.clock.after(limits.goodbye, () => late.resolve());
    await Promise.race([client.endAsync(!client.connected).catch(() => undefined), late.promise]);
    client.end(true);
  }

  /** Undefined when stopped meanwhile. Throws what the client throws. */
  async #connect({ url, username, password, ca }: BrokerAddress): Promise<MqttClient | undefined> {
    const { clientId, will } = this.#options;
    // Loaded where there is a broker, and not before.
    const { connect } = await import("mqtt");
    const options: IClientOptions = {
      clientId,
      clean: true,
      keepalive: limits.keepAliveSeconds,
      connectTimeout: limits.connect,
      // Reconnecting is ours.
      reconnectPeriod: 0,
      queueQoSZero: false,
      resubscribe: false,
      will: { topic: will.topic, payload: Buffer.from(will.payload), retain: will.retain, qos: 1 },
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(ca === undefined ? {} : { ca }),
    };
    const client = connect(url, options);
    const settled = Promise.withResolvers<boolean>();
    client.once("connect", () => settled.resolve(true));
    client.on("error", (error) => settled.reject(error));
    client.once("close", () => settled.reject(new Error("it closed the connection, or does not answer")));
    const stop = (): void => settled.resolve(false);
    this.#stop.signal.addEventListener("abort", stop, { once: true });
    let connected = false;
    try {
      connected = await settled.promise;
    } finally {
      this.#stop.signal.removeEventListener("abort", stop);
      if (!connected) client.end(true);
    }
    return connected ? client : undefined;
  }

  #receive(topic: string, payload: Buffer, { retain }: IPublishPacket): void {
    if (retain || payload.length > largestPayload) return;
    for (const [filter, listener] of this.#listeners)
      if (matches(filter, topic)) listener({ topic, payload: payload.toString() });
  }
}

/** `+` stands for one level; we ask for nothing else. */
function matches(filter: string, topic: string): boolean {
  const [wanted, given] = [filter.split("/"), topic.split("/")];
  return wanted.length === given.length && wanted.every((level, index) => level === "+" || level === given[index]);
}

/** Return codes of MQTT 3.1.1 and 5 that a person can do something about. */
const refusals: Readonly<Record<number, string>> = {
  2: "it refuses the client id",
  4: "it refuses user name or password",
  5: "it refuses user name or password",
  134: "it refuses user name or password",
  135: "the user may not connect",
};

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "there is no host of that name",
  ETIMEDOUT: "the host does not answer",
};

function reasonOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const known = typeof code === "number" ? refusals[code] : reasons[String(code)];
  return known ?? (typeof message === "string" && message !== "" ? message : "no reason given");
}

function noConnection(why = "is not connected now", cause?: unknown): CadenceError {
  return new CadenceError("PUBLISH_FAILED", `The MQTT broker ${why}.`, {
    remedy: "It is tried again by itself; check mqtt_url, mqtt_username and mqtt_password when it stays so.",
    ...(cause === undefined ? {} : { cause }),
  });
}
