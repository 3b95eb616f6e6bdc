import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { type Clock, delay, type Timer } from "#core/clock.ts";
import type { Logger } from "#core/logger.ts";
import { SimulatedClient } from "./client.ts";
import { fullState, type Message } from "./commands.ts";
import { SimulatedHomeState } from "./home.ts";
import type { SimulatedSite } from "./site.ts";

export interface SimulatedHomeOptions {
  /** The home's time; may run faster than the machine's. */
  readonly clock: Clock;
  readonly logger: Logger;
  readonly token: string;
  /** 0 takes a free one. @default 0 */
  readonly port?: number;
  /** @default 1 */
  readonly seed?: number;
  /** Hours that the recorder remembers. @default 6 */
  readonly historyHours?: number;
  /** Milliseconds of the home's time between two looks at what happened. @default 50 */
  readonly slice?: number;
  /** @default solarHome */
  readonly site?: SimulatedSite;
}

const version = "2026.11.0";
const longestBody = 1_000_000;

/** A simulated Home Assistant on this machine: WebSocket and REST, a Modbus line and an inverter behind it. For demo and tests. */
export class SimulatedHome implements AsyncDisposable {
  readonly token: string;
  /** Topics and payloads of mqtt.publish, the newest of each topic. */
  readonly published: Map<string, string> = new Map();
  readonly home: SimulatedHomeState;
  /** A command it does not know for now. */
  refuse: string | undefined;
  readonly #options: SimulatedHomeOptions;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: 4_194_304 });
  readonly #clients = new Set<SimulatedClient>();
  #timer: Timer | undefined;
  #running = true;
  #away = false;
  #stopped = false;

  private constructor(options: SimulatedHomeOptions) {
    this.#options = options;
    this.token = options.token;
    this.home = new SimulatedHomeState({
      seed: options.seed ?? 1,
      now: options.clock.now(),
      historyHours: options.historyHours ?? 6,
      ...(options.site === undefined ? {} : { site: options.site }),
    });
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.on("upgrade", (request, socket, head) => {
      if (this.#away || request.url !== "/api/websocket") socket.destroy();
      else this.#sockets.handleUpgrade(request, socket, head, (opened) => this.#enter(opened));
    });
  }

  static async start(options: SimulatedHomeOptions): Promise<SimulatedHome> {
    const home = new SimulatedHome(options);
    await new Promise<void>((resolve, reject) => {
      home.#server.once("error", reject);
      home.#server.listen(options.port ?? 0, "127.0.0.1", resolve);
    });
    home.#schedule();
    return home;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#timer?.cancel();
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => void this.#server.close(() => resolve()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Home Assistant restarts: closes with 1000, is away, answers NOT_RUNNING without Modbus for a while, and runs again. */
  async restart(away: number, starting: number): Promise<void> {
    for (const socket of this.#sockets.clients) socket.close(1_000);
    this.#clients.clear();
    this.#away = true;
    this.#running = false;
    await delay(this.#options.clock, away);
    this.#away = false;
    await delay(this.#options.clock, starting);
    this.home.restart(this.#options.clock.now());
    this.#running = true;
  }

  /** Somebody gives an entity another id. */
  rename(from: string, to: string): void {
    const register = this.home.registers.find((each) => this.home.idOf(each) === from);
    if (register?.uniqueId === undefined) throw new TypeError(`${from} has no unique id, and cannot be renamed.`);
    this.home.rename(register, to);
    for (const client of this.#clients)
      client.fire("entity_registry_updated", { action: "update", entity_id: to, old_entity_id: from, changes: {} });
  }

  #schedule(): void {
    this.#timer = this.#options.clock.after(this.#options.slice ?? 50, () => {
      this.step();
      if (!this.#stopped) this.#schedule();
    });
  }

  /** Lets happen what is due, and tells every client. */
  step(): void {
    const changed = this.home.advance(this.#options.clock.now());
    if (changed.length > 0) for (const client of this.#clients) client.tell(changed);
  }

  #enter(socket: WebSocket): void {
    const client = new SimulatedClient({
      socket,
      token: this.token,
      context: () => ({ home: this.home, version, running: this.#running, refuse: this.refuse }),
      callService: (domain, service, data) => this.#callService(domain, service, data),
    });
    this.#clients.add(client);
    socket.on("close", () => this.#clients.delete(client));
  }

  async #callService(domain: string, service: string, data: Message): Promise<boolean> {
    switch (`${domain}.${service}`) {
      case "mqtt.publish":
        this.published.set(String(data["topic"]), String(data["payload"]));
        return true;
      case "persistent_notification.create":
        return true;
      case "homeassistant.update_entity":
        await this.#update([data["entity_id"]].flat().map(String));
        return true;
      default:
        return false;
    }
  }

  /** Returns when every asked read is done. */
  async #update(entityIds: readonly string[]): Promise<void> {
    const asked = this.#options.clock.now();
    const known = entityIds.filter((entityId) => [...this.home.buses.values()].some((bus) => bus.ask(entityId, asked)));
    while (!this.#stopped && known.some((entityId) => (this.home.state(entityId)?.lastReported ?? asked) < asked)) {
      await delay(this.#options.clock, this.#options.slice ?? 50);
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = (status: number, body: unknown): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    if (this.#away) return void request.destroy();
    if (request.headers.authorization !== `Bearer ${this.token}`) return reply(401, { message: "Unauthorized" });
    const entityId = /^\/api\/states\/([a-z0-9_.]+)$/.exec(request.url ?? "")?.[1];
    if (request.method === "GET" && request.url === "/api/states") return reply(200, this.home.states().map(fullState));
    if (request.method === "GET" && entityId !== undefined) {
      const state = this.home.state(entityId);
      return state === undefined ? reply(404, { message: "Entity not found." }) : reply(200, fullState(state));
    }
    if (request.method === "POST" && entityId !== undefined) {
      const body = (await readBody(request)) as { state?: unknown; attributes?: Record<string, unknown> } | undefined;
      if (typeof body?.state !== "string") return reply(400, { message: "No state specified." });
      return reply(this.home.post(entityId, body.state, body.attributes ?? {}) ? 201 : 200, {});
    }
    return reply(404, { message: "Not found" });
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > longestBody) return undefined;
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString());
  } catch {
    return undefined;
  }
}
