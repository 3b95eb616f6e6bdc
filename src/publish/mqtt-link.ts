/** One MQTT message. */
export interface MqttMessage {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
}

/** A message that came in; those that the broker had kept are not among them: a button that was pressed once is not pressed again. */
export type MqttListener = (message: Pick<MqttMessage, "topic" | "payload">) => void;

/** A way to a broker: a connection of our own, or through Home Assistant's. */
export interface MqttLink {
  /** Throws PUBLISH_FAILED or HASS_* when the message was not taken. */
  publish(message: MqttMessage): Promise<void>;
  /** Messages go to `listener` until the link is lost; whoever wants them then asks again. Throws as `publish`. */
  subscribe(topic: string, listener: MqttListener): Promise<void>;
}
