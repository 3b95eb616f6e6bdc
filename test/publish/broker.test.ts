import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "#core/clock.ts";
import { silentLogger } from "#core/logger.ts";
import { Broker, type BrokerAddress } from "#publish/broker.ts";
import { namedBroker, supervisorBroker } from "#publish/broker-address.ts";
import { Publisher } from "#publish/publisher.ts";
import { hasOpenssl, selfSigned } from "../support/certificate.ts";
import { TestBroker } from "../support/mqtt-broker.ts";
import { overviewOf } from "../support/overview.ts";

const stack: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of stack.splice(0).toReversed()) await end();
});

async function newWorld(find?: () => Promise<BrokerAddress | undefined>) {
  const server = new TestBroker();
  await server.start();
  const warnings: string[] = [];
  const broker = new Broker({
    find: find ?? (() => Promise.resolve(server.address)),
    clock: systemClock,
    logger: { ...silentLogger, warn: (text: string) => void warnings.push(text) },
    random: () => 0,
    clientId: "modbus_cadence",
    will: { topic: "modbus_cadence/availability", payload: "offline", retain: true },
  });
  const commands: unknown[] = [];
  const publisher = new Publisher({
    clock: systemClock,
    logger: silentLogger,
    broker,
    overview: () => overviewOf({ connection: { state: "disconnected", since: 0, reconnects: 0 } }),
    mode: "auto",
    interval: 5,
    prefix: "homeassistant",
    perEntity: [],
    language: () => "en",
    announced: { load: () => Promise.resolve({}), save: () => Promise.resolve() },
    onCommand: (key, value) => {
      commands.push([key, value]);
      return Promise.resolve();
    },
    port: {
      hasService: () => Promise.resolve(false),
      callService: () => Promise.reject(new Error("not this way")),
      subscribeMqtt: () => Promise.reject(new Error("not this way")),
      postState: () => Promise.reject(new Error("not this way")),
    },
  });
  stack.push(
    () => server.stop(),
    () => broker.stop(),
    () => publisher.stop(),
  );
  return { server, broker, publisher, commands, warnings };
}

const seen = (server: TestBroker, topic: string): number =>
  server.messages.filter((message) => message.topic === topic).length;
const site = "homeassistant/device/modbus_cadence_site/config";
const availability = "modbus_cadence/availability";

describe("our own connection to a broker", () => {
  it("announces everything, also while Home Assistant is away, and says goodbye", async () => {
    const { server, broker, publisher } = await newWorld();
    await broker.start();
    await publisher.start();
    await vi.waitFor(() => expect(server.retained.get(availability)).toBe("online"));
    await vi.waitFor(() =>
      expect(JSON.parse(server.retained.get(site) ?? "{}")).toMatchObject({
        components: { verify: { platform: "button" }, connection: { platform: "sensor" } },
      }),
    );
    await vi.waitFor(() =>
      expect(server.messages.find(({ topic }) => topic === "modbus_cadence/site/state")).toMatchObject({
        retain: false,
      }),
    );
    await publisher.stop();
    await broker.stop();
    await vi.waitFor(() => expect(server.retained.get(availability)).toBe("offline"));
  });

  it("has a last will: whoever dies without a word is unavailable at once", async () => {
    const { server, broker, publisher } = await newWorld();
    await broker.start();
    await publisher.start();
    await vi.waitFor(() => expect(server.retained.get(availability)).toBe("online"));
    const online = seen(server, availability);
    server.cut();
    await vi.waitFor(() =>
      expect(server.messages.filter(({ topic }) => topic === availability)[online]?.payload).toBe("offline"),
    );
  });

  it("comes back after the broker was away, and announces everything anew", async () => {
    const { server, broker, publisher, warnings } = await newWorld();
    await broker.start();
    await publisher.start();
    await vi.waitFor(() => expect(seen(server, site)).toBe(1));
    expect(publisher.failure).toBeUndefined();
    await server.stop();
    await vi.waitFor(() => expect(broker.connected).toBe(false));
    await vi.waitFor(() => expect(publisher.failure).toMatch(/^The MQTT broker cannot be reached: /));
    await expect(broker.publish({ topic: "a", payload: "", retain: false })).rejects.toMatchObject({
      code: "PUBLISH_FAILED",
    });
    await server.start();
    await vi.waitFor(() => expect(seen(server, site)).toBe(2), { timeout: 10_000 });
    expect(publisher.failure).toBeUndefined();
    expect(warnings[0]).toContain("was lost");
  }, 20_000);

  it("answers Home Assistant's birth message with everything, and takes commands, but none the broker had kept", async () => {
    const { server, broker, publisher, commands } = await newWorld();
    server.send("modbus_cadence/command/compact", "PRESS", true);
    await broker.start();
    await publisher.start();
    await vi.waitFor(() => expect(seen(server, "modbus_cadence/site/state")).toBe(1));
    server.send("homeassistant/status", "online");
    await vi.waitFor(() => expect(seen(server, site)).toBe(2), { timeout: 8_000 });
    server.send("modbus_cadence/command/bus_budget", "40");
    server.send("modbus_cadence/command/verify", "PRESS");
    server.send("modbus_cadence/command/bus_budget", "x".repeat(10_000));
    await vi.waitFor(() =>
      expect(commands).toEqual([
        ["bus_budget", 40],
        ["verify", undefined],
      ]),
    );
  }, 20_000);

  it("asks for new credentials after a refusal, and says why in a sentence without them", async () => {
    const world = await newWorld(() =>
      Promise.resolve({ ...address(), password: tries++ === 0 ? "secret-old" : "right" }),
    );
    let tries = 0;
    const address = (): BrokerAddress => world.server.address;
    await world.broker.start();
    await vi.waitFor(() => expect(world.broker.connected).toBe(true), { timeout: 10_000 });
    expect(world.warnings).toEqual(["The MQTT broker cannot be reached: it refuses user name or password."]);
    expect(tries).toBe(2);
  }, 20_000);

  it("ends at once when stopped while it waits, connects, or has nothing to connect to", async () => {
    const { broker } = await newWorld(() => Promise.resolve({ url: "mqtt://127.0.0.1:1" }));
    await broker.start();
    await vi.waitFor(() => expect(broker.inspect()["failure"]).toBe("nothing listens there"));
    await broker.stop();
    const nothing = await newWorld(() => Promise.resolve(undefined));
    await nothing.broker.start();
    await vi.waitFor(() => expect(nothing.broker.found).toBe(false));
    await nothing.broker.stop();
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { port: number };
    const waiting = await newWorld(() => Promise.resolve({ url: `mqtt://127.0.0.1:${port}` }));
    await waiting.broker.start();
    await once(silent, "connection");
    await waiting.broker.stop();
    silent.close();
  });

  it("ends within two seconds beside a broker that has stopped answering", async () => {
    const { server, broker, publisher } = await newWorld();
    await broker.start();
    await publisher.start();
    await vi.waitFor(() => expect(server.retained.get(availability)).toBe("online"));
    server.freeze();
    const lost = broker.publish({ topic: "a", payload: "b", retain: false }).catch((error: unknown) => error);
    const begun = performance.now();
    await publisher.stop();
    await broker.stop();
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(await lost).toMatchObject({ code: "PUBLISH_FAILED" });
  });
});

describe.skipIf(!hasOpenssl)("an encrypted connection (left out where openssl is not installed)", () => {
  it("is made to a broker whose certificate somebody vouches for, and to no other", async () => {
    const server = new TestBroker();
    const pem = selfSigned();
    await server.start(pem);
    stack.push(() => server.stop());
    const address = { ...server.address, url: `mqtts://127.0.0.1:${server.port}` };
    const trusting = await newWorld(() => Promise.resolve({ ...address, ca: pem.cert }));
    await trusting.broker.start();
    await vi.waitFor(() => expect(trusting.broker.connected).toBe(true), { timeout: 5_000 });
    await trusting.broker.publish({ topic: "a/b", payload: "secret", retain: false });
    await vi.waitFor(() => expect(seen(server, "a/b")).toBe(1));
    const wary = await newWorld(() => Promise.resolve(address));
    await wary.broker.start();
    await vi.waitFor(() => expect(wary.warnings[0]).toMatch(/self-signed certificate/), { timeout: 5_000 });
    expect(wary.broker.connected).toBe(false);
  }, 20_000);
});

describe("the broker's address", () => {
  it("may hold user and password, which the address we show does not", () => {
    const settings = { url: "mqtts://me:p%40ss@host:8883", username: undefined, password: undefined, ca: "PEM" };
    expect(namedBroker(settings)).toEqual({ url: "mqtts://host:8883", username: "me", password: "p@ss", ca: "PEM" });
    expect(namedBroker({ ...settings, username: "other", password: "x" })).toMatchObject({
      username: "other",
      password: "x",
    });
    expect(namedBroker({ ...settings, url: undefined })).toBeUndefined();
  });

  it("is what the Supervisor says", async () => {
    const asked: unknown[] = [];
    const supervisor =
      (status: number, body: unknown): typeof fetch =>
      (url, init) => {
        asked.push([url, new Headers(init?.headers).get("authorization")]);
        return Promise.resolve(Response.json(body, { status }));
      };
    const data = {
      host: "core-mosquitto",
      port: 1883,
      ssl: false,
      username: "addons",
      password: "pw",
      protocol: "3.1.1",
    };
    expect(await supervisorBroker("token", supervisor(200, { result: "ok", data }))).toEqual({
      url: "mqtt://core-mosquitto:1883",
      username: "addons",
      password: "pw",
    });
    expect(asked).toEqual([["http://supervisor/services/mqtt", "Bearer token"]]);
    expect(await supervisorBroker("token", supervisor(400, { result: "error" }))).toBeUndefined();
    for (const body of [null, {}, { data: null }, { data: { host: 5 } }])
      expect(await supervisorBroker("token", supervisor(200, body))).toBeUndefined();
    await expect(supervisorBroker("token", supervisor(500, {}))).rejects.toMatchObject({ code: "PUBLISH_FAILED" });
  });
});
