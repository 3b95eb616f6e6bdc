import { describe, expect, it } from "vitest";
import { CadenceError } from "#core/errors.ts";
import { silentLogger } from "#core/logger.ts";
import type { Overview } from "#model/overview.ts";
import type { Announced } from "#publish/ports.ts";
import { Publisher, type PublisherOptions } from "#publish/publisher.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { busOverview, overviewOf } from "../support/overview.ts";

interface Message {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
}

function newPublisher(options: Partial<PublisherOptions> & { hasMqtt?: boolean } = {}) {
  const clock = new ManualClock();
  const messages: Message[] = [];
  const states: [entityId: string, state: string, attributes: Readonly<Record<string, unknown>>][] = [];
  const world = {
    overview: overviewOf() as Overview,
    fails: undefined as CadenceError | undefined,
    refuses: false,
    held: Promise.resolve(),
  };
  const listeners = new Map<string, (message: Message) => void>();
  const commands: unknown[] = [];
  const memory = { announced: {} as Announced };
  const { hasMqtt = true, ...others } = options;
  const publisher = new Publisher({
    clock,
    logger: silentLogger,
    overview: () => world.overview,
    mode: "auto",
    interval: 30,
    prefix: "homeassistant",
    perEntity: [],
    language: () => "en",
    announced: {
      load: () => Promise.resolve(memory.announced),
      save: (announced) => {
        memory.announced = structuredClone(announced);
        return Promise.resolve();
      },
    },
    onCommand: (key, value) => {
      commands.push(value === undefined ? key : [key, value]);
      return Promise.resolve();
    },
    port: {
      hasService: () => (world.fails === undefined ? Promise.resolve(hasMqtt) : Promise.reject(world.fails)),
      callService: (_domain, _service, data) => {
        if (world.fails !== undefined) return Promise.reject(world.fails);
        messages.push(data as unknown as Message);
        return world.held;
      },
      subscribeMqtt: (topic, listener) => {
        if (world.refuses) return Promise.reject(new CadenceError("HASS_COMMAND_FAILED", "not an administrator"));
        listeners.set(topic, listener);
        return Promise.resolve();
      },
      postState: (entityId, state, attributes) => {
        states.push([entityId, state, attributes]);
        return Promise.resolve();
      },
    },
    ...others,
  });
  const topics = (): string[] => messages.splice(0).map(({ topic }) => topic);
  return { clock, publisher, messages, states, world, topics, listeners, commands, memory };
}

describe("sensors over MQTT", () => {
  it("are announced once, and their values sent when they changed", async () => {
    const { clock, publisher, topics, world } = newPublisher();
    await publisher.start();
    await clock.advance(0);
    expect(topics()).toEqual([
      "homeassistant/device/modbus_cadence_site/config",
      "homeassistant/device/modbus_cadence_bus_line/config",
      "modbus_cadence/availability",
      "modbus_cadence/site/state",
      "modbus_cadence/bus_line/state",
    ]);
    await clock.advance(30_000);
    expect(topics()).toEqual([]);
    world.overview = overviewOf({ buses: [busOverview("line", 0.4)] });
    await clock.advance(30_000);
    expect(topics()).toEqual(["modbus_cadence/bus_line/state"]);
    await publisher.stop();
  });

  it("are sent again, unchanged, before they expire", async () => {
    const { clock, publisher, messages } = newPublisher();
    await publisher.start();
    await clock.advance(0);
    const { expire_after: expireAfter } = (
      JSON.parse(messages[0]?.payload ?? "") as { components: Record<string, { expire_after: number }> }
    ).components["storage_size"] as { expire_after: number };
    messages.length = 0;
    await clock.advance(expireAfter * 1_000 - 1);
    expect(messages.some(({ topic }) => topic === "modbus_cadence/site/state")).toBe(true);
    await publisher.stop();
  });

  it("of a bus that is gone are removed, those of a new one announced", async () => {
    const { clock, publisher, messages, world } = newPublisher();
    await publisher.start();
    await clock.advance(0);
    messages.length = 0;
    world.overview = overviewOf({ buses: [busOverview("other")] });
    await clock.advance(30_000);
    expect(messages[0]).toMatchObject({
      topic: "homeassistant/device/modbus_cadence_bus_line/config",
      payload: "",
      retain: true,
    });
    expect(messages.map(({ topic }) => topic)).toContain("homeassistant/device/modbus_cadence_bus_other/config");
    await publisher.stop();
  });

  it("are announced anew when Home Assistant is back", async () => {
    const { clock, publisher, topics } = newPublisher();
    await publisher.start();
    await clock.advance(0);
    topics();
    publisher.announce();
    await clock.advance(0);
    expect(topics().length).toBe(5);
    await publisher.stop();
  });

  it("are announced anew, and no later, when Home Assistant comes back while they are being sent", async () => {
    const { clock, publisher, topics, world, listeners } = newPublisher();
    await publisher.start();
    await clock.advance(0);
    topics();
    const slow = Promise.withResolvers<void>();
    world.held = slow.promise;
    world.overview = overviewOf({ buses: [busOverview("line", 0.4)] });
    await clock.advance(30_000);
    listeners.get("homeassistant/status")?.({ topic: "homeassistant/status", payload: "online", retain: false });
    slow.resolve();
    await clock.advance(2_000);
    expect(topics()).toContain("homeassistant/device/modbus_cadence_site/config");
    await publisher.stop();
  });

  it("that an earlier run announced and this one does not are removed, devices and single sensors", async () => {
    const first = newPublisher({ perEntity: ["sensor.*"] });
    first.world.overview = overviewOf({ buses: [busOverview("line"), busOverview("old")] });
    await first.publisher.start();
    await first.clock.advance(0);
    await first.publisher.stop();
    const second = newPublisher({ perEntity: ["sensor.a"] });
    second.memory.announced = first.memory.announced;
    await second.publisher.start();
    await second.clock.advance(0);
    const configs = second.messages.filter(({ topic }) => topic.endsWith("/config"));
    expect(configs[0]).toMatchObject({ topic: "homeassistant/device/modbus_cadence_bus_old/config", payload: "" });
    const entities = configs
      .filter(({ topic }) => topic.includes("entities"))
      .map(({ payload }) => JSON.parse(payload));
    expect(entities).toHaveLength(2);
    expect(entities[0]).toMatchObject({ components: { sensor_b_interval: { platform: "sensor" } } });
    expect(Object.keys((entities[1] as { components: object }).components)).not.toContain("sensor_b_interval");
    await second.publisher.stop();
  });

  it("move to device discovery when Home Assistant has become new enough: what was kept for the older one is taken back", async () => {
    const { clock, publisher, messages, world } = newPublisher();
    const connection = { state: "live", since: 0, reconnects: 0, version: "2024.8.3" } as const;
    world.overview = overviewOf({ connection });
    await publisher.start();
    await clock.advance(0);
    const kept = new Set(messages.filter(({ retain, payload }) => retain && payload !== "").map(({ topic }) => topic));
    expect(kept).toContain("homeassistant/sensor/modbus_cadence_site/storage_size/config");
    expect([...kept].some((topic) => topic.startsWith("homeassistant/device/"))).toBe(false);
    messages.length = 0;
    world.overview = overviewOf({ connection: { ...connection, version: "2026.11.0" } });
    await clock.advance(30_000);
    for (const { topic, payload } of messages) if (payload === "") kept.delete(topic);
    expect([...kept]).toEqual(["modbus_cadence/availability"]);
    expect(messages.some(({ topic }) => topic === "homeassistant/device/modbus_cadence_site/config")).toBe(true);
    await publisher.stop();
  });

  it("bring buttons, and a press is carried out and seen", async () => {
    const { clock, publisher, messages, listeners, commands, world } = newPublisher();
    await publisher.start();
    await clock.advance(0);
    expect(messages[0]?.payload).toContain("modbus_cadence/command/backup");
    messages.length = 0;
    const press = listeners.get("modbus_cadence/command/+");
    world.overview = overviewOf({ budget: 0.3 });
    press?.({ topic: "modbus_cadence/command/bus_budget", payload: "30", retain: false });
    press?.({ topic: "modbus_cadence/command/backup", payload: "PRESS", retain: false });
    press?.({ topic: "modbus_cadence/command/backup", payload: "PRESS", retain: true });
    press?.({ topic: "modbus_cadence/command/format", payload: "PRESS", retain: false });
    await clock.advance(0);
    expect(commands).toEqual([["bus_budget", 30], "backup"]);
    expect(messages.at(-1)?.payload).toContain('"bus_budget":30');
    await publisher.stop();
  });

  it("come without buttons where Home Assistant does not let us hear them", async () => {
    const { clock, publisher, messages, world } = newPublisher();
    world.refuses = true;
    await publisher.start();
    await clock.advance(0);
    expect(messages[0]?.payload).not.toContain("command_topic");
    expect(messages.length).toBe(5);
    await publisher.stop();
  });

  it("never exceed the messages a minute", async () => {
    const { clock, publisher, messages, world } = newPublisher({ interval: 5, messagesPerMinute: 10 });
    await publisher.start();
    for (let step = 0; step < 24; step += 1) {
      world.overview = overviewOf({
        buses: Array.from({ length: 6 }, (_, index) => busOverview(`bus${index}`, step / 100)),
      });
      await clock.advance(5_000);
    }
    const values = messages.filter(({ topic }) => topic.endsWith("/state"));
    expect(values.length).toBeLessThanOrEqual(2 * 10 + 10);
    expect(values.length).toBeGreaterThan(10);
    await publisher.stop();
  });

  it("say goodbye at the end, and nothing after it", async () => {
    const { clock, publisher, messages } = newPublisher();
    await publisher.start();
    await clock.advance(0);
    await publisher.stop();
    expect(messages.at(-1)).toMatchObject({ topic: "modbus_cadence/availability", payload: "offline", retain: true });
    const count = messages.length;
    await clock.advance(600_000);
    await publisher.stop();
    expect(messages.length).toBe(count);
  });

  it("wait while there is no connection, and survive a Home Assistant that refuses them", async () => {
    const { clock, publisher, topics, world } = newPublisher();
    world.overview = overviewOf({ connection: { state: "disconnected", since: 0, reconnects: 0 } });
    await publisher.start();
    await clock.advance(60_000);
    expect(topics()).toEqual([]);
    world.overview = overviewOf();
    world.fails = new CadenceError("HASS_COMMAND_FAILED", "refused");
    await clock.advance(60_000);
    expect(topics()).toEqual([]);
    world.fails = undefined;
    await clock.advance(30_000);
    expect(topics().length).toBe(5);
    await publisher.stop();
  });
});

describe("without MQTT", () => {
  it("sensors are plain states, set when they changed", async () => {
    const { clock, publisher, states, messages } = newPublisher({ hasMqtt: false });
    await publisher.start();
    await clock.advance(0);
    expect(messages).toEqual([]);
    const size = states.find(([entityId]) => entityId === "sensor.modbus_cadence_site_storage_size");
    expect(size).toMatchObject([
      "sensor.modbus_cadence_site_storage_size",
      "2.65",
      { friendly_name: "Modbus Cadence Storage size", unit_of_measurement: "MB", device_class: "data_size" },
    ]);
    const count = states.length;
    await clock.advance(30_000);
    expect(states.length).toBe(count);
    await publisher.stop();
  });

  it("nothing is published when that was asked for", async () => {
    const { clock, publisher, states, messages } = newPublisher({ mode: "off" });
    await publisher.start();
    publisher.announce();
    await clock.advance(600_000);
    expect([states.length, messages.length]).toEqual([0, 0]);
    await publisher.stop();
  });
});
