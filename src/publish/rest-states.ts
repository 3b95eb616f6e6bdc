import type { SensorDevice } from "#diagnostics/sensor.ts";

/** A state that belongs to no entity: the fallback where MQTT is not set up. */
export interface PlainState {
  readonly entityId: string;
  readonly state: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Every sensor of a device as a plain state. They are gone after a restart of Home Assistant until they are set again. */
export function plainStates(device: SensorDevice): PlainState[] {
  return device.sensors.map(({ description, value }) => ({
    entityId: `sensor.modbus_cadence_${device.key}_${description.key}`,
    state: value === null ? "unknown" : String(value),
    attributes: {
      friendly_name: `${device.name} ${description.name}`,
      note: "A plain state, as MQTT is not set up: without it there is no device and no history across restarts.",
      ...(description.unit === undefined ? {} : { unit_of_measurement: description.unit }),
      ...(description.deviceClass === undefined ? {} : { device_class: description.deviceClass }),
      ...(description.stateClass === undefined ? {} : { state_class: description.stateClass }),
      ...(description.icon === undefined ? {} : { icon: description.icon }),
    },
  }));
}
