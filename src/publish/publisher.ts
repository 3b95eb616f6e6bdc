import type { Clock, Timer } from "#core/clock.ts";
import { isCadenceError, toCadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import type { Service } from "#core/service.ts";
import type { SensorDevice } from "#diagnostics/sensor.ts";
import { sensorDevices } from "#diagnostics/sensor-table.ts";
import type { Overview } from "#model/overview.ts";
import {
  availabilityTopic,
  discoveryMessage,
  type DiscoveryOptions,
  type MqttMessage,
  removalMessage,
  stateMessage,
} from "./mqtt-discovery.ts";
import type { PublishPort } from "./ports.ts";
import { plainStates } from "./rest-states.ts";

export interface PublisherOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly port: PublishPort;
  readonly overview: () => Overview;
  /** `auto`: MQTT where Home Assistant has it, else plain states. */
  readonly mode: "auto" | "mqtt" | "states" | "off";
  /** Seconds between two updates. */
  readonly interval: number;
  readonly prefix: string;
  readonly perEntity: readonly string[];
  /** @default 120 */
  readonly messagesPerMinute?: number;
}

/** Values that did not change are sent again after so many intervals, well before they expire. */
const repeatEvery = 6;
const expireIntervals = 10;

/** Keeps our sensors in Home Assistant up to date; a failure is told once and tried again, and never stops anything. */
export class Publisher implements Service {
  readonly name = "publisher";
  readonly #options: PublisherOptions;
  /** Announced devices by key, with what was announced. */
  readonly #announced = new Map<string, string>();
  readonly #sent = new Map<string, { readonly payload: string; readonly at: number }>();
  #timer: Timer | undefined;
  #work: Promise<void> = Promise.resolve();
  #stopped = false;
  #way: "mqtt" | "states" | undefined;
  #published = 0;
  #sentThisMinute: number[] = [];
  #failing = false;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  start(): Promise<void> {
    if (this.#options.mode !== "off") this.#schedule(0);
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#work;
    if (this.#way === "mqtt") {
      await this.#publish({ topic: availabilityTopic, payload: "offline", retain: true }).catch((error: unknown) => {
        this.#options.logger.debug("Could not say goodbye; the sensors expire by themselves", { error });
      });
    }
  }

  inspect(): Readonly<Record<string, unknown>> {
    return { way: this.#way ?? "none", published: this.#published, devices: this.#announced.size };
  }

  /** Home Assistant is there again: everything is said anew. */
  announce(): void {
    this.#announced.clear();
    this.#sent.clear();
    this.#way = undefined;
    if (!this.#stopped && this.#options.mode !== "off") this.#schedule(0);
  }

  #schedule(milliseconds: number): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(milliseconds, () => {
      this.#work = this.#work
        .then(() => this.#update())
        .finally(() => {
          if (!this.#stopped) this.#schedule(this.#options.interval * 1_000);
        });
    });
  }

  /** Never rejects. */
  async #update(): Promise<void> {
    const overview = this.#options.overview();
    if (overview.connection.state !== "live") return;
    try {
      this.#way ??= await this.#chooseWay();
      const devices = sensorDevices(overview, this.#options.perEntity);
      if (this.#way === "mqtt") await this.#updateMqtt(devices, overview.product.version);
      else await this.#updateStates(devices);
      this.#failing = false;
    } catch (error) {
      const failure = toCadenceError(error, "PUBLISH_FAILED");
      const level = this.#failing || isCadenceError(failure, "HASS_CONNECTION_LOST") ? "debug" : "warn";
      this.#options.logger[level](`The sensors could not be updated; it is tried again. ${failure.sentence}`);
      this.#failing = true;
    }
  }

  async #chooseWay(): Promise<"mqtt" | "states"> {
    const { mode, port, logger } = this.#options;
    if (mode === "mqtt" || mode === "states") return mode;
    if (await port.hasService("mqtt", "publish")) return "mqtt";
    logger.warn("MQTT is not set up in Home Assistant, so the sensors are plain states without a device");
    return "states";
  }

  async #updateMqtt(devices: readonly SensorDevice[], version: string): Promise<void> {
    const { interval, prefix } = this.#options;
    const options: DiscoveryOptions = { prefix, version, expireAfter: interval * expireIntervals };
    for (const key of this.#announced.keys()) {
      if (devices.some((device) => device.key === key)) continue;
      await this.#publish(removalMessage(key, prefix));
      this.#announced.delete(key);
    }
    for (const device of devices) {
      const message = discoveryMessage(device, options);
      if (this.#announced.get(device.key) === message.payload) continue;
      await this.#publish(message);
      this.#announced.set(device.key, message.payload);
      this.#sent.delete(stateMessage(device).topic);
    }
    await this.#sendChanged({ topic: availabilityTopic, payload: "online", retain: true });
    for (const device of devices) await this.#sendChanged(stateMessage(device));
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

  async #publish({ topic, payload, retain }: MqttMessage): Promise<void> {
    await this.#options.port.callService("mqtt", "publish", { topic, payload, retain, qos: 1 });
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
