import type { MqttLink, MqttListener, MqttMessage } from "./mqtt-link.ts";
import type { PublishPort } from "./ports.ts";

/** MQTT through Home Assistant's own client: without a last will, and only while Home Assistant is there. */
export class HomeAssistantLink implements MqttLink {
  readonly #port: PublishPort;

  constructor(port: PublishPort) {
    this.#port = port;
  }

  async publish({ topic, payload, retain }: MqttMessage): Promise<void> {
    await this.#port.callService("mqtt", "publish", { topic, payload, retain, qos: 1 });
  }

  subscribe(topic: string, listener: MqttListener): Promise<void> {
    return this.#port.subscribeMqtt(topic, (message) => {
      if (!message.retain) listener(message);
    });
  }
}
