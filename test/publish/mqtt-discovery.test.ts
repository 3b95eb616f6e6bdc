import { describe, expect, it } from "vitest";
import { sensorDevices } from "#diagnostics/sensor-table.ts";
import { hasDeviceDiscovery } from "#publish/home-assistant-version.ts";
import {
  announcements,
  componentsOf,
  discoveryMessage,
  removalMessage,
  stateMessage,
} from "#publish/mqtt-discovery.ts";
import { overviewOf } from "../support/overview.ts";

const [site, bus] = sensorDevices(overviewOf(), { perEntity: [], language: "en" }) as [
  ReturnType<typeof sensorDevices>[0],
  ReturnType<typeof sensorDevices>[0],
];
const options = { prefix: "homeassistant", version: "1.2.3", expireAfter: 300, controls: false };

describe("MQTT device discovery", () => {
  it("announces a device with all its sensors in one retained message", () => {
    const { topic, payload, retain } = discoveryMessage(site, options);
    expect(topic).toBe("homeassistant/device/modbus_cadence_site/config");
    expect(retain).toBe(true);
    const parsed = JSON.parse(payload) as { device: object; origin: object; components: Record<string, object> };
    expect(parsed).toMatchObject({
      device: { identifiers: ["modbus_cadence_site"], name: "Modbus Cadence", sw_version: "1.2.3" },
      origin: { name: "Modbus Cadence" },
      state_topic: "modbus_cadence/site/state",
      availability_topic: "modbus_cadence/availability",
    });
    expect(parsed.components["storage_size"]).toEqual({
      platform: "sensor",
      unique_id: "modbus_cadence_site_storage_size",
      default_entity_id: "sensor.modbus_cadence_site_storage_size",
      name: "Storage size",
      value_template: "{{ value_json['storage_size'] }}",
      expire_after: 300,
      unit_of_measurement: "MB",
      device_class: "data_size",
      state_class: "measurement",
      entity_category: "diagnostic",
      suggested_display_precision: 2,
    });
    expect(Object.keys(parsed.components)).toEqual(site.sensors.map(({ description }) => description.key));
  });

  it("offers buttons and numbers where they can be heard", () => {
    const { components } = JSON.parse(discoveryMessage(site, { ...options, controls: true }).payload) as {
      components: Record<string, object>;
    };
    expect(components["backup"]).toEqual({
      platform: "button",
      unique_id: "modbus_cadence_site_backup",
      default_entity_id: "button.modbus_cadence_site_backup",
      name: "Back up now",
      icon: "mdi:backup-restore",
      entity_category: "diagnostic",
      command_topic: "modbus_cadence/command/backup",
    });
    expect(components["bus_budget"]).toMatchObject({ platform: "number", min: 5, max: 100, unit_of_measurement: "%" });
    expect(JSON.parse(stateMessage(site).payload)).toMatchObject({ bus_budget: 50 });
    expect(componentsOf(site, true)).toMatchObject({ backup: "button", bus_budget: "number", storage_size: "sensor" });
    expect(componentsOf(site, false)).not.toHaveProperty("backup");
  });

  it("removes a component that is gone by naming nothing but its platform", () => {
    const { payload } = discoveryMessage(site, { ...options, gone: { old: "sensor" } });
    expect(JSON.parse(payload)).toMatchObject({ components: { old: { platform: "sensor" } } });
  });

  it("has a message for each component where Home Assistant is older than device discovery", () => {
    const messages = announcements(site, { ...options, controls: true, single: true });
    expect(messages).toHaveLength(site.sensors.length + site.controls.length);
    const backup = messages.find(({ topic }) => topic === "homeassistant/button/modbus_cadence_site/backup/config");
    expect(JSON.parse(backup?.payload ?? "")).toMatchObject({
      unique_id: "modbus_cadence_site_backup",
      object_id: "modbus_cadence_site_backup",
      command_topic: "modbus_cadence/command/backup",
      device: { identifiers: ["modbus_cadence_site"] },
      availability_topic: "modbus_cadence/availability",
    });
    for (const { payload, retain } of messages) {
      expect(retain).toBe(true);
      expect(JSON.parse(payload)).not.toHaveProperty("components");
    }
    expect(announcements(site, { ...options, single: false })).toEqual([discoveryMessage(site, options)]);
    expect(["2024.11.3", "2023.12.0", "2024.12.0", "2026.11.0", undefined].map(hasDeviceDiscovery)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
  });

  it("hangs the buses below the site", () => {
    expect(JSON.parse(discoveryMessage(bus, options).payload)).toMatchObject({
      device: { via_device: "modbus_cadence_site" },
    });
    expect(discoveryMessage(site, options).payload).not.toContain("via_device");
  });

  it("sends all values of a device as one object, None for what is not known, and keeps nothing in the broker", () => {
    const { topic, payload, retain } = stateMessage(site);
    expect([topic, retain]).toEqual(["modbus_cadence/site/state", false]);
    const values = JSON.parse(payload) as Record<string, unknown>;
    expect(values["storage_size"]).toBe(2.65);
    const nothing = stateMessage({
      ...site,
      controls: [],
      sensors: site.sensors.map((sensor) => ({ ...sensor, value: null })),
    });
    expect(new Set(Object.values(JSON.parse(nothing.payload) as object))).toEqual(new Set(["None"]));
  });

  it("removes a device with an empty retained message on its own topic", () => {
    expect(removalMessage(discoveryMessage(bus, options).topic)).toEqual({
      topic: discoveryMessage(bus, options).topic,
      payload: "",
      retain: true,
    });
  });
});
