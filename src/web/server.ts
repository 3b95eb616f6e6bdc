import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { gzip } from "node:zlib";
import { WebSocketServer } from "ws";
import type { Clock } from "#core/clock.ts";
import { CadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import type { Service } from "#core/service.ts";
import { type Access, accessOf, queryToken, tokenCookie, userOf } from "./access.ts";
import { LiveFeed } from "./live-feed.ts";
import type { PanelActions, PanelContent } from "./ports.ts";
import { RateLimit } from "./rate-limit.ts";
import { panelRoutes, type Route } from "./routes.ts";
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
  readonly content: PanelContent;
  readonly actions: PanelActions;
  /** Whether a user of Home Assistant is an administrator; false also where that cannot be found out. */
  readonly isAdministrator: (userId: string) => Promise<boolean>;
}

/** Nothing from elsewhere, nothing inline, framed by Home Assistant alone. */
const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
};

/** Of one person: a page with all its files and a plot that is dragged stay far below. */
const askLimit = { burst: 400, perSecond: 40 };
const actLimit = { burst: 20, perSecond: 1 };
/** Of 0 to 9: the first state of a building, megabytes, shrinks to a 13th; by the usual level to a 17th, in more than twice the time. */
const deflateLevel = 3;
const ownHeader = "x-modbus-cadence";

/** The panel: its files, the overview as JSON, and a live feed. Every request is checked for who asks. */
export class PanelServer implements Service {
  readonly name = "panel";
  readonly #options: PanelServerOptions;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: 1_024,
    perMessageDeflate: { zlibDeflateOptions: { level: deflateLevel } },
  });
  readonly #feed: LiveFeed;
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #asks: RateLimit;
  readonly #acts: RateLimit;
  #files: ReadonlyMap<string, StaticFile> = new Map();

  constructor(options: PanelServerOptions) {
    this.#options = options;
    const { content, actions, clock } = options;
    this.#feed = new LiveFeed(() => content.overview(), clock);
    this.#routes = panelRoutes(content, actions);
    this.#asks = new RateLimit({ clock, ...askLimit });
    this.#acts = new RateLimit({ clock, ...actLimit });
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
    const access = accessOf(request, this.#options);
    if (access === undefined) return this.#refuse(response);
    // Nothing that is asked here has a body.
    if (Number(request.headers["content-length"] ?? 0) > 0 || request.headers["transfer-encoding"] !== undefined)
      return sendText(response.setHeader("connection", "close"), 413, "No request here has a body.");
    const { method = "GET", url = "/" } = request;
    const who = userOf(request, access) ?? request.socket.remoteAddress ?? "";
    const [path = "/", search] = url.split("?", 2);
    if (!(method === "POST" ? this.#acts : this.#asks).allow(who)) {
      response.setHeader("retry-after", "2");
      return sendText(response, 429, "Too many requests: wait a moment.");
    }
    // A page of another origin cannot send this header: not from a form, and not from a script without being asked for.
    if (method === "POST" && request.headers[ownHeader] === undefined)
      return sendText(response, 403, `Requests that change something carry the header ${ownHeader}.`);
    const route = this.#routes.get(`${method === "HEAD" ? "GET" : method} ${path}`);
    if (route !== undefined)
      return this.#later(response, () =>
        this.#follow(route, { request, response, access, query: new URLSearchParams(search) }),
      );
    if (method !== "GET" && method !== "HEAD") return sendText(response, 405, "Only GET is answered here.");
    if (path === "/api/me")
      return this.#later(response, async () =>
        sendJson(request, response, {
          isAdministrator: await this.#isAdministrator(request, access),
          hasFleet: this.#options.content.fleet !== undefined,
        }),
      );
    const file = this.#files.get(path);
    if (file === undefined) return sendText(response, 404, "There is nothing here. The panel is at its first page.");
    if (path === "/" && queryToken(url) !== undefined) return this.#keepToken(request, response);
    sendFile(request, response, file);
  }

  async #follow(
    { isFor, answer }: Route,
    {
      request,
      response,
      access,
      query,
    }: {
      readonly request: IncomingMessage;
      readonly response: ServerResponse;
      readonly access: NonNullable<Access>;
      readonly query: URLSearchParams;
    },
  ): Promise<void> {
    if (isFor === "administrators" && !(await this.#isAdministrator(request, access)))
      return sendText(response, 403, "Only administrators of Home Assistant may do that.");
    const answered = await answer(query);
    if (answered === "done") return void response.writeHead(204).end();
    if ("json" in answered) return sendJson(request, response, answered.json);
    if ("download" in answered) return sendDownload(response, answered.name, answered.download);
    sendText(response, answered.status, answered.text);
  }

  /** Whoever is on the machine itself or has the panel's token may do anything; of users of Home Assistant it is looked up. */
  async #isAdministrator(request: IncomingMessage, access: NonNullable<Access>): Promise<boolean> {
    if (access !== "ingress") return true;
    const userId = userOf(request, access);
    return userId !== undefined && (await this.#options.isAdministrator(userId));
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

/** Larger answers are packed. */
const packedFrom = 2_000;

function sendJson(request: IncomingMessage, response: ServerResponse, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  response.setHeader("content-type", "application/json; charset=utf-8").setHeader("cache-control", "no-store");
  response.setHeader("vary", "accept-encoding");
  const send = (sent: Buffer): void => void response.writeHead(200, { "content-length": sent.length }).end(sent);
  if (body.length < packedFrom || !takesGzip(request)) return send(body);
  gzip(body, { level: deflateLevel }, (error, packed) => {
    if (error === null) response.setHeader("content-encoding", "gzip");
    send(error === null ? packed : body);
  });
}

function takesGzip({ headers }: IncomingMessage): boolean {
  return /\bgzip\b/.test(headers["accept-encoding"] ?? "");
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
  const isPacked = takesGzip(request);
  const body = isPacked ? file.compressed : file.body;
  response.writeHead(200, {
    ...headers,
    "content-length": body.length,
    ...(isPacked ? { "content-encoding": "gzip" } : {}),
  });
  response.end(body);
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
