import { type Clock, delay, type Timer } from "#core/clock.ts";
import { isCadenceError, toCadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import type { Service } from "#core/service.ts";
import { type ControlKey, parseCommand } from "#diagnostics/control-table.ts";
import type { Language } from "#diagnostics/language.ts";
import type { SensorDevice } from "#diagnostics/sensor.ts";
import { sensorDevices } from "#diagnostics/sensor-table.ts";
import { isConnected, type Overview } from "#model/overview.ts";
import type { Broker } from "./broker.ts";
import { HomeAssistantLink } from "./home-assistant-link.ts";
import { hasDeviceDiscovery } from "./home-assistant-version.ts";
import {
  announcements,
  availabilityTopic,
  commandTopic,
  componentsOf,
  discoveryMessage,
  removalMessage,
  stateMessage,
} from "./mqtt-discovery.ts";
import type { MqttLink, MqttMessage } from "./mqtt-link.ts";
import type { Announced, AnnouncedDevice, AnnouncedPort, PublishPort } from "./ports.ts";
import { plainStates } from "./rest-states.ts";

export interface PublisherOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly port: PublishPort;
  /** Our own connection to a broker; used when one is found. @default none */
  readonly broker?: Broker;
  readonly announced: AnnouncedPort;
  readonly overview: () => Overview;
  /** `auto`: MQTT where there is a broker or Home Assistant has it, else plain states. */
  readonly mode: "auto" | "mqtt" | "states" | "off";
  /** Seconds between two updates. */
  readonly interval: number;
  readonly prefix: string;
  readonly perEntity: readonly string[];
  readonly language: () => Language;
  /** Carries out what somebody asked for in Home Assistant; the sensors are updated when it has resolved. */
  readonly onCommand: (key: ControlKey, value: number | undefined) => Promise<void>;
  /** @default 120 */
  readonly messagesPerMinute?: number;
}

/** Values that did not change are sent again after so many intervals, well before they expire. */
const repeatEvery = 6;
const expireIntervals = 10;
/** Home Assistant's birth message comes before it has read what the broker kept: then is time enough. */
const afterBirth = 2_000;
const goodbyeTime = 700;

/** How sensors get into Home Assistant. */
type Way = "broker" | "home-assistant" | "states";

/** Keeps our sensors in Home Assistant up to date; a failure is told once and tried again, and never stops anything. */
export class Publisher implements Service {
  readonly name = "publisher";
  readonly #options: PublisherOptions;
  readonly #homeAssistant: HomeAssistantLink;
  /** What was announced on this connection, by device. */
  readonly #announced = new Map<string, string>();
  /** Components Home Assistant may know of, this run's and earlier ones'; undefined before they were loaded. */
  #known: Record<string, AnnouncedDevice> | undefined;
  readonly #sent = new Map<string, { readonly payload: string; readonly at: number }>();
  #timer: Timer | undefined;
  #work: Promise<void> = Promise.resolve();
  #stopped = false;
  #way: Way | undefined;
  /** Undefined until it was tried to listen for commands on this connection. */
  #listening: boolean | undefined;
  #published = 0;
  #sentThisMinute: number[] = [];
  #failure: string | undefined;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#homeAssistant = new HomeAssistantLink(options.port);
  }

  start(): Promise<void> {
    this.#options.broker?.onConnect(() => this.announce());
    if (this.#options.mode !== "off") this.#schedule(0);
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#work;
    if (this.#way === "broker" || this.#way === "home-assistant") {
      const { clock, logger } = this.#options;
      const goodbye = this.#publish({ topic: availabilityTopic, payload: "offline", retain: true }).catch(
        (error: unknown) => logger.debug("Could not say goodbye; the sensors expire by themselves", { error }),
      );
      // Whoever does not answer is not waited for.
      await Promise.race([goodbye, delay(clock, goodbyeTime)]);
    }
  }

  /** Why the sensors are not kept up to date, in a sentence; undefined while they are. */
  get failure(): string | undefined {
    return this.#options.mode === "off" ? undefined : (this.#options.broker?.failure ?? this.#failure);
  }

  inspect(): Readonly<Record<string, unknown>> {
    return {
      way: this.#way ?? "none",
      published: this.#published,
      devices: this.#announced.size,
      commands: this.#listening === true,
    };
  }

  /** There is a new connection, or Home Assistant is there again: everything is said anew. */
  announce(): void {
    this.#announced.clear();
    this.#sent.clear();
    this.#way = undefined;
    this.#listening = undefined;
    this.updateNow();
  }

  /** Something changed that people wait to see. */
  updateNow(after = 0): void {
    if (!this.#stopped && this.#options.mode !== "off") this.#schedule(after);
  }

  #schedule(milliseconds: number): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(milliseconds, () => {
      this.#timer = undefined;
      this.#work = this.#work
        .then(() => this.#update())
        .finally(() => {
          // Somebody may have asked for one that is sooner meanwhile.
          if (!this.#stopped && this.#timer === undefined) this.#schedule(this.#options.interval * 1_000);
        });
    });
  }

  /** Never rejects. */
  async #update(): Promise<void> {
    const overview = this.#options.overview();
    try {
      this.#way ??= await this.#chooseWay(overview);
      if (this.#way === undefined || !this.#isOpen(this.#way, overview)) return;
      const devices = sensorDevices(overview, {
        perEntity: this.#options.perEntity,
        language: this.#options.language(),
      });
      if (this.#way === "states") await this.#updateStates(devices);
      else await this.#updateMqtt(devices, overview);
      this.#failure = undefined;
    } catch (error) {
      const failure = toCadenceError(error, "PUBLISH_FAILED");
      const level = this.#failure !== undefined || isCadenceError(failure, "HASS_CONNECTION_LOST") ? "debug" : "warn";
      this.#options.logger[level](`The sensors could not be updated; it is tried again. ${failure.sentence}`);
      this.#failure = failure.sentence;
    }
  }

  #isOpen(way: Way, { connection }: Overview): boolean {
    return way === "broker" ? this.#options.broker?.connected === true : isConnected(connection.state);
  }

  /** Undefined while that cannot be told. */
  async #chooseWay({ connection }: Overview): Promise<Way | undefined> {
    const { mode, port, logger, broker } = this.#options;
    if (mode === "states") return mode;
    if (broker !== undefined && broker.found !== false) return broker.connected ? "broker" : undefined;
    if (!isConnected(connection.state)) return undefined;
    if (mode === "mqtt" || (await port.hasService("mqtt", "publish"))) return "home-assistant";
    logger.warn("MQTT is not set up in Home Assistant, so the sensors are plain states without a device");
    return "states";
  }

  get #link(): MqttLink {
    return this.#way === "broker" ? (this.#options.broker as Broker) : this.#homeAssistant;
  }

  async #updateMqtt(devices: readonly SensorDevice[], { product, connection }: Overview): Promise<void> {
    const { interval, prefix, announced } = this.#options;
    this.#known ??= { ...(await announced.load()) };
    this.#listening ??= await this.#listen();
    const controls = this.#listening;
    const single = !hasDeviceDiscovery(connection.version);
    const before = JSON.stringify(this.#known);
    for (const [key, { topics }] of Object.entries(this.#known)) {
      if (devices.some((device) => device.key === key)) continue;
      for (const topic of topics) await this.#publish(removalMessage(topic));
      this.#announced.delete(key);
      delete this.#known[key];
    }
    for (const device of devices) {
      const components = componentsOf(device, controls);
      const before = this.#known[device.key] ?? { topics: [], components: {} };
      const gone = Object.entries(before.components).filter(([key]) => !Object.hasOwn(components, key));
      const options = {
        prefix,
        single,
        controls,
        version: product.version,
        expireAfter: interval * expireIntervals,
      };
      const messages = announcements(device, options);
      const text = messages.map(({ payload }) => payload).join();
      if (this.#announced.get(device.key) === text && gone.length === 0) continue;
      const topics = messages.map(({ topic }) => topic);
      for (const topic of before.topics) if (!topics.includes(topic)) await this.#publish(removalMessage(topic));
      if (gone.length > 0 && !single)
        await this.#publish(discoveryMessage(device, { ...options, gone: Object.fromEntries(gone) }));
      for (const message of messages) await this.#publish(message);
      this.#announced.set(device.key, text);
      this.#known[device.key] = { topics, components };
      this.#sent.delete(stateMessage(device).topic);
    }
    if (JSON.stringify(this.#known) !== before) await announced.save(this.#known satisfies Announced);
    await this.#sendChanged({ topic: availabilityTopic, payload: "online", retain: true });
    for (const device of devices) await this.#sendChanged(stateMessage(device));
  }

  /** False where nobody may listen: then there are no buttons that do nothing. */
  async #listen(): Promise<boolean> {
    const { prefix, logger } = this.#options;
    try {
      await this.#link.subscribe(`${commandTopic}/+`, ({ topic, payload }) => this.#obey(topic, payload));
      await this.#link.subscribe(`${prefix}/status`, ({ payload }) => {
        if (payload === "online") this.#reannounce();
      });
      return true;
    } catch (error) {
      if (!isCadenceError(error, "HASS_COMMAND_FAILED")) throw error;
      logger.warn(`There are no buttons, as nobody would hear them. ${error.sentence}`);
      return false;
    }
  }

  /** Home Assistant has just begun to listen: it has no values, as none is kept in the broker. */
  #reannounce(): void {
    this.#announced.clear();
    this.#sent.clear();
    this.updateNow(afterBirth);
  }

  #obey(topic: string, payload: string): void {
    const { logger, onCommand } = this.#options;
    const command = parseCommand(topic.slice(commandTopic.length + 1), payload);
    if (command === undefined) {
      logger.warn("A command over MQTT was not understood, and nothing was done", { topic: topic.slice(0, 100) });
      return;
    }
    logger.info("Asked for in Home Assistant", { ...command });
    const done = onCommand(command.key, command.value);
    // What is being done is shown as well.
    this.updateNow();
    done
      .catch((error: unknown) => logger.warn(toCadenceError(error).sentence, { command: command.key }))
      .finally(() => this.updateNow());
  }

  async #updateStates(devices: readonly SensorDevice[]): Promise<void> {
    for (const { entityId, state, attributes } of devices.flatMap(plainStates)) {
      const payload = JSON.stringify([state, attributes]);
      if (!this.#isDue(entityId, payload)) continue;
      await this.#options.port.postState(entityId, state, attributes);
      this.#count(entityId, payload);
    }
  }

  async #sendChanged(message: MqttMessage): Promise<void> {
    if (!this.#isDue(message.topic, message.payload)) return;
    await this.#publish(message);
    this.#count(message.topic, message.payload);
  }

  async #publish(message: MqttMessage): Promise<void> {
    await this.#link.publish(message);
  }

  /** Changed, or about to expire, and within the limit of messages. */
  #isDue(target: string, payload: string): boolean {
    const now = this.#options.clock.monotonic();
    this.#sentThisMinute = this.#sentThisMinute.filter((at) => now - at < 60_000);
    const sent = this.#sent.get(target);
    const fresh =
      sent !== undefined && sent.payload === payload && now - sent.at < this.#options.interval * 1_000 * repeatEvery;
    return !fresh && this.#sentThisMinute.length < (this.#options.messagesPerMinute ?? 120);
  }

  #count(target: string, payload: string): void {
    const now = this.#options.clock.monotonic();
    this.#sent.set(target, { payload, at: now });
    this.#sentThisMinute.push(now);
    this.#published += 1;
  }
}
