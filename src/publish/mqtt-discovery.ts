import type { ControlReading } from "#diagnostics/control-table.ts";
import type { SensorDescription, SensorDevice } from "#diagnostics/sensor.ts";

import type { MqttMessage } from "./mqtt-link.ts";

export interface DiscoveryOptions {
  /** Home Assistant's discovery prefix. */
  readonly prefix: string;
  readonly version: string;
  /** Seconds after which a sensor that was not updated is unavailable. */
  readonly expireAfter: number;
  /** False where commands could not reach us. */
  readonly controls: boolean;
  /** Platforms of components that were announced once and are gone, by keys. */
  readonly gone?: Readonly<Record<string, string>>;
}

const root = "modbus_cadence";

/** Topic of a device's values: one JSON object for all its sensors. */
function stateTopic(device: Pick<SensorDevice, "key">): string {
  return `${root}/${device.key}/state`;
}

export const availabilityTopic = `${root}/availability`;

/** Commands come on the topics below this one, named by the keys of the controls. */
export const commandTopic = `${root}/command`;

/** Platforms of the components of a device, by keys. */
export function componentsOf(device: SensorDevice, controls: boolean): Record<string, string> {
  return Object.fromEntries([
    ...device.sensors.map(({ description }) => [description.key, "sensor"]),
    ...(controls ? device.controls.map(({ description }) => [description.key, description.platform]) : []),
  ]);
}

/** The retained messages that announce a device: one, or one for each component where Home Assistant is older than device discovery. */
export function announcements(
  device: SensorDevice,
  { single, ...options }: DiscoveryOptions & { readonly single: boolean },
): MqttMessage[] {
  const message = discoveryMessage(device, options);
  if (!single) return [message];
  const { components, ...shared } = JSON.parse(message.payload) as {
    components: Record<string, Record<string, unknown>>;
  };
  return Object.entries(components).map(([key, { platform, default_entity_id: entityId, ...component }]) => ({
    topic: `${options.prefix}/${String(platform)}/${root}_${device.key}/${key}/config`,
    // As it was called then.
    payload: JSON.stringify({ ...shared, ...component, object_id: String(entityId).split(".")[1] }),
    retain: true,
  }));
}

/** Takes back what was announced on a topic: the device or component is removed. */
export function removalMessage(topic: string): MqttMessage {
  return { topic, payload: "", retain: true };
}

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
    components: {
      // A component with nothing but its platform is removed.
      ...Object.fromEntries(Object.entries(options.gone ?? {}).map(([key, platform]) => [key, { platform }])),
      ...Object.fromEntries(
        device.sensors.map(({ description }) => [description.key, sensorComponent(id, description, options)]),
      ),
      ...(options.controls
        ? Object.fromEntries(device.controls.map((control) => [control.description.key, controlComponent(id, control)]))
        : {}),
    },
  };
  return { topic: discoveryTopic(device.key, options.prefix), payload: JSON.stringify(payload), retain: true };
}

function discoveryTopic(deviceKey: string, prefix: string): string {
  return `${prefix}/device/${root}_${deviceKey}/config`;
}

function sensorComponent(
  id: string,
  sensor: SensorDescription,
  { expireAfter }: DiscoveryOptions,
): Record<string, unknown> {
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
    ...(sensor.optional === true ? { enabled_by_default: false } : {}),
    ...(sensor.icon === undefined ? {} : { icon: sensor.icon }),
    ...(sensor.precision === undefined ? {} : { suggested_display_precision: sensor.precision }),
    ...(sensor.options === undefined ? {} : { options: sensor.options }),
  };
}

function controlComponent(id: string, { description }: ControlReading): Record<string, unknown> {
  const { key, name, icon, category, range, platform } = description;
  return {
    platform,
    unique_id: `${id}_${key}`,
    default_entity_id: `${platform}.${id}_${key}`,
    name,
    icon,
    entity_category: category,
    command_topic: `${commandTopic}/${key}`,
    ...(platform === "button" ? {} : { value_template: `{{ value_json['${key}'] }}` }),
    ...(range === undefined
      ? {}
      : {
          min: range.minimum,
          max: range.maximum,
          step: range.step,
          unit_of_measurement: range.unit,
        }),
  };
}

/** The values of a device; what is not known is `None`, which Home Assistant shows as unknown. */
export function stateMessage(device: SensorDevice): MqttMessage {
  const controls = device.controls.filter(({ value }) => value !== undefined);
  const values = Object.fromEntries(
    [...device.sensors, ...controls].map(({ description, value }) => [description.key, value ?? "None"]),
  );
  return { topic: stateTopic(device), payload: JSON.stringify(values), retain: false };
}
