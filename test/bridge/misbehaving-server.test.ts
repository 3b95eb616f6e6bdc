import { createServer, type Server } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { Bridge } from "#bridge/bridge.ts";
import { acceleratedClock, systemClock } from "#core/clock.ts";
import { silentLogger } from "#core/logger.ts";
import { pause } from "../support/daemon.ts";
import { SampleCollector } from "../support/sample-collector.ts";

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

type Talk = (socket: WebSocket, message: Record<string, unknown>) => void;

/** A server that greets as Home Assistant does, and from then on talks as it is told. */
async function serve(talk: Talk, greet = true): Promise<string> {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket) => {
    if (greet) socket.send(JSON.stringify({ type: "auth_required", ha_version: "2026.11.0" }));
    socket.on("message", (data) => talk(socket, JSON.parse((data as Buffer).toString()) as Record<string, unknown>));
  });
  return listen(server, () => sockets.clients.forEach((socket) => socket.terminate()));
}

async function listen(server: Server | TcpServer, close: () => void = () => undefined): Promise<string> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  open.push(() => {
    close();
    if ("closeAllConnections" in server) server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const results: Record<string, unknown> = {
  get_config: { state: "RUNNING" },
  "entity/source": { "sensor.a": { domain: "modbus" } },
};

/** A server that answers everything, and tells of one entity. */
function answered(socket: WebSocket, message: Record<string, unknown>): void {
  authenticated(socket, message);
  const { id, type } = message as { id: number | undefined; type: string };
  if (id === undefined) return;
  if (type === "ping") socket.send(JSON.stringify({ id, type: "pong" }));
  else socket.send(JSON.stringify({ id, type: "result", success: true, result: results[type] ?? null }));
  const state = { s: "5", a: {}, lc: 1_600_000_000 };
  if (type === "subscribe_entities")
    socket.send(JSON.stringify({ id, type: "event", event: { a: { "sensor.a": state } } }));
}

function connect(url: string, token = "a-token-of-mine", sink = new SampleCollector()) {
  const bridge = new Bridge({
    url,
    token,
    clock: systemClock,
    networkClock: acceleratedClock(0, 20),
    logger: silentLogger,
    random: () => 0.5,
    integrations: ["modbus"],
    include: [],
    exclude: [],
    backfillDays: 1,
    resume: { backfilled: new Set() },
    sink,
  });
  let tries = 0;
  bridge.events.on("connection", ({ state }) => void (tries += state === "connecting" ? 1 : 0));
  void bridge.start();
  open.push(() => bridge.stop());
  return { bridge, tries: () => tries };
}

async function failureOf(bridge: Bridge): Promise<{ code: string; sentence: string }> {
  for (let waited = 0; bridge.failure === undefined; waited += 20) {
    if (waited > 8_000) throw new Error(`no failure, but ${bridge.health().state}`);
    await pause(20);
  }
  return { code: bridge.failure.code, sentence: bridge.failure.sentence };
}

const authenticated: Talk = (socket, message) => {
  if (message["type"] === "auth") socket.send(JSON.stringify({ type: "auth_ok", ha_version: "2026.11.0" }));
};

describe("no Home Assistant", () => {
  it("where nothing listens is said in a sentence, and tried again", async () => {
    const server = createTcpServer();
    const url = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const { bridge, tries } = connect(url);
    const { code, sentence } = await failureOf(bridge);
    expect(code).toBe("HASS_UNREACHABLE");
    expect(sentence).toContain(`cannot be reached at ${url}: nothing listens there. Check the address`);
    while (tries() < 3) await pause(20);
    expect(bridge.health()).toMatchObject({ cause: sentence });
  });

  it("where the name does not exist says so", async () => {
    const { bridge } = connect("http://no-such-host.invalid:8123");
    expect(await failureOf(bridge)).toMatchObject({
      code: "HASS_UNREACHABLE",
      sentence: expect.stringMatching(/no host of that name|cannot be looked up/) as string,
    });
  });

  it.each([
    [502, "HASS_NOT_READY", "is starting"],
    [503, "HASS_NOT_READY", "is starting"],
    [404, "HASS_UNREACHABLE", "it answered with HTTP 404"],
    [200, "HASS_UNREACHABLE", "it answered with HTTP 200"],
  ])("but a web server that answers %d", async (status, code, words) => {
    const url = await listen(createServer((_request, response) => void response.writeHead(status).end("hello")));
    const failure = await failureOf(connect(url).bridge);
    expect(failure.code).toBe(code);
    expect(failure.sentence).toContain(words);
  });

  it("but something that speaks another protocol", async () => {
    const url = await listen(createTcpServer((socket) => socket.end("SSH-2.0-OpenSSH_9.6\r\n").destroySoon()));
    expect(await failureOf(connect(url).bridge)).toMatchObject({ code: "HASS_UNREACHABLE" });
  });

  it("but something that takes the connection and says nothing", async () => {
    const sockets: { destroy(): unknown }[] = [];
    const url = await listen(
      createTcpServer((socket) => void sockets.push(socket)),
      () => sockets.forEach((socket) => socket.destroy()),
    );
    expect(await failureOf(connect(url).bridge)).toMatchObject({
      code: "HASS_NOT_READY",
      sentence: expect.stringContaining("has not greeted within 10 s") as string,
    });
  });
});

describe("a Home Assistant", () => {
  it("that refuses the token is not asked again and again, and the token is in no sentence", async () => {
    const url = await serve((socket) => {
      socket.send(JSON.stringify({ type: "auth_invalid", message: "Invalid access token or password" }));
      socket.close();
    });
    const { bridge, tries } = connect(url, "secret-token-of-mine");
    const failure = await failureOf(bridge);
    expect(failure.code).toBe("HASS_AUTH_INVALID");
    expect(failure.sentence).toContain("refused the token. Make a new long-lived access token");
    expect(JSON.stringify([failure, bridge.inspect()])).not.toContain("secret-token-of-mine");
    expect(bridge.health().state).toBe("refused");
    await pause(1_000);
    expect(tries()).toBe(1);
    bridge.retryNow();
    while (tries() < 2) await pause(10);
  });

  it.each([
    ["text that is no JSON", "}{"],
    ["a number", "5"],
    ["null", "null"],
  ])("that greets with %s is none", async (_what, text) => {
    const server = createServer();
    const sockets = new WebSocketServer({ server });
    sockets.on("connection", (socket) => socket.send(text));
    const url = await listen(server, () => sockets.clients.forEach((socket) => socket.terminate()));
    expect(await failureOf(connect(url).bridge)).toMatchObject({
      code: "HASS_UNREACHABLE",
      sentence: expect.stringContaining("does not speak Home Assistant's protocol") as string,
    });
  });

  it("that closes after the token is tried again", async () => {
    const url = await serve((socket) => socket.close());
    const { bridge, tries } = connect(url);
    expect((await failureOf(bridge)).code).toBe("HASS_NOT_READY");
    while (tries() < 2) await pause(20);
  });

  it("that never answers a command is left, and tried again", async () => {
    const url = await serve(authenticated);
    const { bridge, tries } = connect(url);
    expect((await failureOf(bridge)).code).toMatch(/HASS_COMMAND_TIMEOUT|HASS_CONNECTION_LOST/);
    while (tries() < 2) await pause(20);
  });

  it("that cuts the connection while it is asked is tried again", async () => {
    const url = await serve((socket, message) => {
      authenticated(socket, message);
      if (message["type"] === "entity/source") socket.terminate();
      else if (message["type"] === "get_config")
        socket.send(JSON.stringify({ id: message["id"], type: "result", success: true, result: { state: "RUNNING" } }));
    });
    const { bridge, tries } = connect(url);
    expect((await failureOf(bridge)).code).toBe("HASS_CONNECTION_LOST");
    while (tries() < 2) await pause(20);
  });

  it("that answers with nonsense is survived, and tried again", async () => {
    const url = await serve((socket, message) => {
      authenticated(socket, message);
      if (message["id"] !== undefined)
        socket.send(JSON.stringify({ id: message["id"], type: "result", success: true, result: 7 }));
    });
    const { bridge, tries } = connect(url);
    while (tries() < 2) await pause(20);
    expect(["connecting", "disconnected", "authenticating", "syncing", "live"]).toContain(bridge.health().state);
  });

  it.each([
    ["text that is no JSON", "}{"],
    ["null", "null"],
    ["a list with a hole", "[null]"],
    ["binary rubbish", Buffer.from([0xff, 0x00, 0x80])],
    ["an event of the wrong shape", JSON.stringify({ id: 2, type: "event" })],
  ])("that sends %s in the middle of it all does not end the process", async (_what, rubbish) => {
    const url = await serve((socket, message) => {
      answered(socket, message);
      if (message["type"] === "subscribe_entities") socket.send(rubbish);
    });
    const { bridge, tries } = connect(url);
    await expect.poll(() => tries() >= 2 || bridge.health().state === "live", { timeout: 10_000 }).toBe(true);
    if (tries() >= 2) expect((await failureOf(bridge)).code).toBe("HASS_CONNECTION_LOST");
  });

  it("that floods, answers ids nobody used, repeats answers and sends 16 MB at once is listened to", async () => {
    const collector = new SampleCollector();
    const count = 20_000;
    const url = await serve((socket, message) => {
      answered(socket, message);
      const { id, type } = message;
      if (type !== "subscribe_entities") return;
      socket.send(JSON.stringify({ id: 99_999, type: "result", success: true, result: null }));
      socket.send(JSON.stringify({ id: 99_998, type: "event", event: { c: {} } }));
      socket.send(JSON.stringify({ id, type: "result", success: true, result: null }));
      socket.send(JSON.stringify({ id, type: "event", event: { a: {}, junk: "x".repeat(16 * 1024 * 1024) } }));
      const change = (index: number): object => ({
        id,
        type: "event",
        event: { c: { "sensor.a": { "+": { s: String(index), lc: 1_700_000_000 + index } } } },
      });
      for (let index = 0; index < count; index += 100)
        socket.send(JSON.stringify(Array.from({ length: 100 }, (_, each) => change(index + each))));
    });
    const { bridge } = connect(url, "token", collector);
    const live = (): number =>
      collector.deliveries.reduce((sum, { origin, samples }) => sum + (origin === "live" ? samples.length : 0), 0);
    await expect.poll(live, { timeout: 10_000 }).toBe(count);
    expect(bridge.health().state).not.toBe("disconnected");
    const times = collector.deliveries.flatMap(({ origin, samples }) =>
      origin === "live" ? samples.map(({ time }) => time) : [],
    );
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it("that falls silent is noticed by a ping, and left", async () => {
    const silent = new WeakSet<WebSocket>();
    const endings: unknown[] = [];
    const results: Record<string, unknown> = {
      get_config: { state: "RUNNING" },
      "entity/source": { "sensor.a": { domain: "modbus" } },
      "config/entity_registry/list": [],
    };
    const url = await serve((socket, message) => {
      authenticated(socket, message);
      if (silent.has(socket) || message["id"] === undefined) return;
      const { id, type } = message as { id: number; type: string };
      if (type === "ping") {
        silent.add(socket);
        socket.once("close", () => void endings.push(type));
        return;
      }
      socket.send(JSON.stringify({ id, type: "result", success: true, result: results[type] ?? null }));
      if (type === "subscribe_entities")
        socket.send(
          JSON.stringify({ id, type: "event", event: { a: { "sensor.a": { s: "5", a: {}, lc: 1_700_000_000 } } } }),
        );
    });
    const { bridge, tries } = connect(url);
    while (bridge.health().state !== "live") await pause(20);
    await expect.poll(() => endings, { timeout: 10_000 }).toContain("ping");
    await expect.poll(() => bridge.health().reconnects, { timeout: 10_000 }).toBeGreaterThanOrEqual(1);
    expect(tries()).toBeGreaterThanOrEqual(2);
  });
});

describe("stopping", () => {
  it("is quick in every state", async () => {
    const silent = await serve(authenticated);
    const mute = await serve(() => undefined, false);
    for (const url of ["http://127.0.0.1:1", silent, mute]) {
      const { bridge } = connect(url);
      await pause(100);
      const begun = performance.now();
      await bridge.stop();
      await bridge.stop();
      expect(performance.now() - begun).toBeLessThan(1_000);
      expect(bridge.health().state).toBe("disconnected");
    }
  });
});
