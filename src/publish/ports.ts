import type { MqttMessage } from "./mqtt-link.ts";

/** The few calls publishing needs of Home Assistant. They throw HASS_* while there is no connection. */
export interface PublishPort {
  hasService(domain: string, service: string): Promise<boolean>;
  callService(domain: string, service: string, data: Readonly<Record<string, unknown>>): Promise<void>;
  /** Messages go to `listener` until the connection ends. */
  subscribeMqtt(topic: string, listener: (message: MqttMessage) => void): Promise<void>;
  /** Sets a state that belongs to no entity. */
  postState(entityId: string, state: string, attributes: Readonly<Record<string, unknown>>): Promise<void>;
}

/** What was announced outlives the daemon: what is gone when it comes back must be removed by then. */
export interface AnnouncedPort {
  load(): Promise<Announced>;
  save(announced: Announced): Promise<void>;
}

/** By the keys of the devices. */
export type Announced = Readonly<Record<string, AnnouncedDevice>>;

export interface AnnouncedDevice {
  /** Of the messages that the broker keeps. */
  readonly topics: readonly string[];
  /** Platforms by keys. */
  readonly components: Readonly<Record<string, string>>;
}
