import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { Clock } from "#core/clock.ts";
import { CadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import type { Service } from "#core/service.ts";
import type { HistoryEvent } from "#model/history-event.ts";
import type { Overview } from "#model/overview.ts";
import type { PlanPatch } from "#model/plan-patch.ts";
import type { Related } from "#model/related.ts";
import { accessOf, queryToken, tokenCookie } from "./access.ts";
import { LiveFeed } from "./live-feed.ts";
import { panelState } from "./overview-change.ts";
import { loadStaticFiles, type StaticFile } from "./static-files.ts";

export interface PanelServerOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Opens the panel from other machines. */
  readonly token?: string;
  /** Behind the Supervisor's ingress proxy. */
  readonly ingress: boolean;
  readonly overview: () => Overview;
  /** Ends the wait for the next try to connect. */
  readonly retryConnection: () => void;
  /** What the plan would change in the configuration; nothing is written. */
  readonly planPatch: () => Promise<PlanPatch>;
  /** Automations that ask for entities at the planned intervals, as YAML. */
  readonly automations: () => string;
  readonly related: () => Related;
  /** The newest first. */
  readonly history: () => Promise<readonly HistoryEvent[]>;
}

/** Nothing from elsewhere, nothing inline, framed by Home Assistant alone. */
const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
};

/** The panel: its files, the overview as JSON, and a live feed. Every request is checked for who asks. */
export class PanelServer implements Service {
  readonly name = "panel";
  readonly #options: PanelServerOptions;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: 1_024, perMessageDeflate: true });
  readonly #feed: LiveFeed;
  #files: ReadonlyMap<string, StaticFile> = new Map();

  constructor(options: PanelServerOptions) {
    this.#options = options;
    this.#feed = new LiveFeed(options.overview, options.clock);
    this.#server = createServer({ requestTimeout: 10_000, maxHeaderSize: 16_384 }, (request, response) =>
      this.#answer(request, response),
    );
    this.#server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    this.#server.on("clientError", (_error, socket) => socket.destroy());
  }

  /** Throws PORT_IN_USE. */
  async start(): Promise<void> {
    const { host, port, logger } = this.#options;
    this.#files = loadStaticFiles();
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (cause: NodeJS.ErrnoException) => reject(cannotListen(host, port, cause)));
      this.#server.listen(port, host, resolve);
    });
    this.#server.on("error", (error) => logger.error("The panel's server failed", { error }));
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#feed.close();
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    for (const socket of this.#sockets.clients) socket.terminate();
    await closed;
  }

  inspect(): Readonly<Record<string, unknown>> {
    return { address: this.#server.listening ? this.address : null, pages: this.#feed.clients };
  }

  /** Where a browser on this machine finds it; throws before `start`. */
  get address(): string {
    const { port } = this.#server.address() as AddressInfo;
    const { host } = this.#options;
    const shown = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
    return `http://${shown}:${port}/`;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    if (accessOf(request, this.#options) === undefined) return this.#refuse(response);
    const path = (request.url ?? "/").split("?")[0] as string;
    if (request.method === "POST" && path === "/api/connection/retry") {
      this.#options.retryConnection();
      return void response.writeHead(204).end();
    }
    if (request.method !== "GET" && request.method !== "HEAD")
      return sendText(response, 405, "Only GET is answered here.");
    if (path === "/api/overview") return sendJson(response, panelState(this.#options.overview()));
    if (path === "/api/health") {
      const { connection, storage } = this.#options.overview();
      return sendJson(response, { connection: connection.state, storage: storage.status });
    }
    if (path === "/api/plan/patch")
      return this.#later(response, async () => sendJson(response, await this.#options.planPatch()));
    if (path === "/api/plan/patch.diff") {
      return this.#later(response, async () => {
        const { files, missing } = await this.#options.planPatch();
        if (missing !== undefined) return sendText(response, 404, missing);
        sendDownload(response, "modbus-cadence.diff", files.map(({ lines }) => `${lines.join("\n")}\n`).join(""));
      });
    }
    if (path === "/api/related") return sendJson(response, this.#options.related());
    if (path === "/api/history")
      return this.#later(response, async () => sendJson(response, await this.#options.history()));
    if (path === "/api/plan/automations.yaml")
      return sendDownload(response, "modbus-cadence-automations.yaml", this.#options.automations());
    const file = this.#files.get(path);
    if (file === undefined) return sendText(response, 404, "There is nothing here. The panel is at its first page.");
    if (path === "/" && queryToken(request.url) !== undefined) return this.#keepToken(request, response);
    sendFile(request, response, file);
  }

  /** An answer that takes a moment; what goes wrong is ours, and ends neither the request nor the daemon. */
  #later(response: ServerResponse, answer: () => Promise<void>): void {
    answer().catch((error: unknown) => {
      this.#options.logger.error("The panel could not answer", { error });
      if (!response.headersSent) sendText(response, 500, "That could not be made; the log says why.");
    });
  }

  #refuse(response: ServerResponse): void {
    const how =
      this.#options.token === undefined
        ? "It is open to this machine alone. Set the option panel_token to open it from others."
        : "Open it with its token once: the address with ?token=… behind it.";
    sendText(response, 403, `This panel is closed. ${how}`);
  }

  /** Moves the token from the address, where it would be seen and kept, into a cookie that scripts cannot read. */
  #keepToken(request: IncomingMessage, response: ServerResponse): void {
    const token = encodeURIComponent(queryToken(request.url) as string);
    response
      .writeHead(303, {
        location: "./",
        "set-cookie": `${tokenCookie}=${token}; HttpOnly; SameSite=Strict; Path=/; Max-Age=31536000`,
      })
      .end();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = (request.url ?? "").split("?")[0];
    if (path !== "/api/live" || accessOf(request, this.#options) === undefined) {
      socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (opened) => this.#feed.add(opened));
  }
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" });
  response.end(JSON.stringify(value));
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" });
  response.end(`${text}\n`);
}

function sendDownload(response: ServerResponse, name: string, text: string): void {
  response.writeHead(200, {
    "content-type": "text/plain; charset=utf-8",
    "content-disposition": `attachment; filename="${name}"`,
    "cache-control": "no-store",
  });
  response.end(text);
}

function sendFile(request: IncomingMessage, response: ServerResponse, file: StaticFile): void {
  const headers = { "content-type": file.type, etag: file.etag, "cache-control": "no-cache", vary: "accept-encoding" };
  if (request.headers["if-none-match"] === file.etag) return void response.writeHead(304, headers).end();
  const gzip = /\bgzip\b/.test(request.headers["accept-encoding"] ?? "");
  response.writeHead(200, gzip ? { ...headers, "content-encoding": "gzip" } : headers);
  response.end(gzip ? file.compressed : file.body);
}

function cannotListen(host: string, port: number, cause: NodeJS.ErrnoException): CadenceError {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: "another program uses that port",
    EACCES: "that port needs more rights",
    EADDRNOTAVAIL: "this machine does not have that address",
    ENOTFOUND: "there is no host of that name",
  };
  const why = reasons[cause.code ?? ""] ?? cause.message;
  return new CadenceError("PORT_IN_USE", `The panel cannot listen on ${host}:${port}: ${why}.`, {
    remedy: "Choose another port with CADENCE_PANEL_PORT (0 takes a free one).",
    cause,
  });
}
