import type { SensorDescription, SensorDevice } from "#diagnostics/sensor.ts";

/** One MQTT message. */
export interface MqttMessage {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
}

export interface DiscoveryOptions {
  /** Home Assistant's discovery prefix. */
  readonly prefix: string;
  readonly version: string;
  /** Seconds after which a sensor that was not updated is unavailable. */
  readonly expireAfter: number;
}

const root = "modbus_cadence";

/** Topic of a device's values: one JSON object for all its sensors. */
export function stateTopic(device: Pick<SensorDevice, "key">): string {
  return `${root}/${device.key}/state`;
}

export const availabilityTopic = `${root}/availability`;

/** Home Assistant's device discovery (`<prefix>/device/<id>/config`): the device and all its sensors in one retained message. */
export function discoveryMessage(device: SensorDevice, options: DiscoveryOptions): MqttMessage {
  const id = `${root}_${device.key}`;
  const payload = {
    device: {
      identifiers: [id],
      name: device.name,
      manufacturer: "Modbus Cadence",
      model: device.model,
      sw_version: options.version,
      ...(device.key === "site" ? {} : { via_device: `${root}_site` }),
    },
    origin: { name: "Modbus Cadence", sw_version: options.version },
    state_topic: stateTopic(device),
    availability_topic: availabilityTopic,
    components: Object.fromEntries(
      device.sensors.map(({ description }) => [description.key, component(id, description, options)]),
    ),
  };
  return { topic: discoveryTopic(device.key, options.prefix), payload: JSON.stringify(payload), retain: true };
}

/** An empty retained message removes a device that is gone. */
export function removalMessage(deviceKey: string, prefix: string): MqttMessage {
  return { topic: discoveryTopic(deviceKey, prefix), payload: "", retain: true };
}

function discoveryTopic(deviceKey: string, prefix: string): string {
  return `${prefix}/device/${root}_${deviceKey}/config`;
}

function component(id: string, sensor: SensorDescription, { expireAfter }: DiscoveryOptions): Record<string, unknown> {
  return {
    platform: "sensor",
    unique_id: `${id}_${sensor.key}`,
    default_entity_id: `sensor.${id}_${sensor.key}`,
    name: sensor.name,
    value_template: `{{ value_json['${sensor.key}'] }}`,
    expire_after: expireAfter,
    ...(sensor.unit === undefined ? {} : { unit_of_measurement: sensor.unit }),
    ...(sensor.deviceClass === undefined ? {} : { device_class: sensor.deviceClass }),
    ...(sensor.stateClass === undefined ? {} : { state_class: sensor.stateClass }),
    ...(sensor.category === undefined ? {} : { entity_category: sensor.category }),
    ...(sensor.icon === undefined ? {} : { icon: sensor.icon }),
    ...(sensor.precision === undefined ? {} : { suggested_display_precision: sensor.precision }),
    ...(sensor.options === undefined ? {} : { options: sensor.options }),
  };
}

/** The values of a device; what is not known is `None`, which Home Assistant shows as unknown. */
export function stateMessage(device: SensorDevice): MqttMessage {
  const values = Object.fromEntries(device.sensors.map(({ description, value }) => [description.key, value ?? "None"]));
  return { topic: stateTopic(device), payload: JSON.stringify(values), retain: false };
}
