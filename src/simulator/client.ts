import type { RawData, WebSocket } from "ws";
import { type CommandContext, answer, type Message, renderLastReported } from "./commands.ts";
import type { SimulatedState } from "./home.ts";

export interface ClientOptions {
  readonly socket: WebSocket;
  readonly token: string;
  readonly context: () => CommandContext;
  /** Does what a service does; resolves when it is done, with false when there is no such service. */
  readonly callService: (domain: string, service: string, data: Message) => Promise<boolean>;
}

/** One WebSocket client of the simulated Home Assistant. */
export class SimulatedClient {
  readonly #options: ClientOptions;
  readonly #eventTypes = new Map<number, string>();
  readonly #subscriptions = new Map<number, ReadonlySet<string>>();
  #authenticated = false;
  #coalesce = false;
  #lastId = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
    options.socket.on("message", (data) => this.#receive(data));
    options.socket.on("error", () => options.socket.terminate());
    this.#send([{ type: "auth_required", ha_version: options.context().version }]);
  }

  /** Tells of changed states, each at most once in a message, in order. */
  tell(changed: readonly SimulatedState[]): void {
    const messages: Message[] = [];
    for (const [id, entityIds] of this.#subscriptions) {
      let changes: Record<string, unknown> = {};
      const flush = (): void => {
        if (Object.keys(changes).length > 0) messages.push({ id, type: "event", event: { c: changes } });
        changes = {};
      };
      for (const { entityId, state, lastChanged } of changed) {
        if (!entityIds.has(entityId)) continue;
        if (Object.hasOwn(changes, entityId)) flush();
        changes[entityId] = { "+": { s: state, lc: lastChanged / 1_000, c: "01SIMULATED" } };
      }
      flush();
    }
    this.#send(messages);
  }

  /** An event of Home Assistant's bus, to whoever asked for its type. */
  fire(type: string, data: Message): void {
    const ids = [...this.#eventTypes].filter(([, wanted]) => wanted === type).map(([id]) => id);
    this.#send(ids.map((id) => ({ id, type: "event", event: { event_type: type, data } })));
  }

  #send(messages: readonly Message[]): void {
    const { socket } = this.#options;
    if (messages.length === 0 || socket.readyState !== socket.OPEN) return;
    if (this.#coalesce && messages.length > 1) socket.send(JSON.stringify(messages));
    else for (const message of messages) socket.send(JSON.stringify(message));
  }

  #receive(data: RawData): void {
    let message: Message;
    try {
      message = JSON.parse((data as Buffer).toString()) as Message;
    } catch {
      this.#options.socket.close();
      return;
    }
    if (!this.#authenticated) this.#authenticate(message);
    else void this.#command(message);
  }

  #authenticate(message: Message): void {
    const { socket, token, context } = this.#options;
    if (message["type"] === "auth" && message["access_token"] === token) {
      this.#authenticated = true;
      this.#send([{ type: "auth_ok", ha_version: context().version }]);
    } else {
      this.#send([{ type: "auth_invalid", message: "Invalid access token or password" }]);
      socket.close();
    }
  }

  async #command(message: Message): Promise<void> {
    const id = Number(message["id"]);
    if (!(id > this.#lastId)) {
      this.#send([
        {
          id,
          type: "result",
          success: false,
          error: { code: "id_reuse", message: "Identifier values have to increase." },
        },
      ]);
      return;
    }
    this.#lastId = id;
    const done = (result: unknown, ...events: readonly unknown[]): void =>
      this.#send([
        { id, type: "result", success: true, result },
        ...events.map((event) => ({ id, type: "event", event })),
      ]);
    const refuse = (code: string, text: string): void =>
      this.#send([{ id, type: "result", success: false, error: { code, message: text } }]);
    switch (message["type"]) {
      case "ping":
        this.#send([{ id, type: "pong" }]);
        return;
      case "supported_features":
        this.#coalesce = Number((message["features"] as Message | undefined)?.["coalesce_messages"] ?? 0) > 0;
        done(null);
        return;
      case "subscribe_entities": {
        const entityIds = new Set((message["entity_ids"] as readonly unknown[] | undefined)?.map(String) ?? []);
        this.#subscriptions.set(id, entityIds);
        const { home } = this.#options.context();
        const added = home.states().filter(({ entityId }) => entityIds.has(entityId));
        done(null, {
          a: Object.fromEntries(
            added.map(({ entityId, state, attributes, lastChanged }) => [
              entityId,
              { s: state, a: attributes, c: "01SIMULATED", lc: lastChanged / 1_000 },
            ]),
          ),
        });
        return;
      }
      case "mqtt/subscribe":
        // Nobody publishes here but whoever asks.
        done(null);
        return;
      case "subscribe_events":
        this.#eventTypes.set(id, String(message["event_type"]));
        done(null);
        return;
      case "unsubscribe_events":
        this.#subscriptions.delete(Number(message["subscription"]));
        this.#eventTypes.delete(Number(message["subscription"]));
        done(null);
        return;
      case "render_template": {
        const result = renderLastReported(message, this.#options.context().home);
        if (result === undefined) refuse("template_error", "The simulated home renders last_reported only.");
        else done(null, { result, listeners: { all: false, domains: [], entities: [], time: false } });
        return;
      }
      case "call_service": {
        const known = await this.#options.callService(
          String(message["domain"]),
          String(message["service"]),
          (message["service_data"] ?? {}) as Message,
        );
        if (known) done({ context: { id: "01SIMULATED" }, response: null });
        else refuse("not_found", "Service not found.");
        return;
      }
      default: {
        const answered = answer(message, this.#options.context());
        if ("result" in answered) done(answered.result);
        else refuse(answered.refusal.code, answered.refusal.message);
      }
    }
  }
}
