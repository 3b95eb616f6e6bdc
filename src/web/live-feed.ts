import type { WebSocket } from "ws";
import type { Clock, Timer } from "#core/clock.ts";
import type { Overview } from "#model/overview.ts";
import { changeBetween, panelState, type PanelState } from "./overview-change.ts";

/** Numbers that move faster than once a second cannot be read. */
const tellEvery = 1_000;
/** The state of thousands of entities takes a while to work out: a twentieth of the time goes into it at the most. */
const restFactor = 20;
/** A browser that reads slower than this misses a change, and gets the whole state when it has caught up. */
const mostBuffered = 1_000_000;
const mostClients = 32;

interface Client {
  readonly socket: WebSocket;
  /** What this browser shows; undefined before the first state. */
  shown: PanelState | undefined;
}

/** Tells every open page what became different, at most once a second, and of a building less often. Nothing is worked out while nobody looks. */
export class LiveFeed {
  readonly #overview: () => Overview;
  readonly #clock: Clock;
  readonly #clients = new Set<Client>();
  #timer: Timer | undefined;

  constructor(overview: () => Overview, clock: Clock) {
    this.#overview = overview;
    this.#clock = clock;
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** Takes a browser's socket; closes it when there are too many. */
  add(socket: WebSocket): void {
    if (this.#clients.size >= mostClients) {
      socket.close(1_013, "Too many pages are open.");
      return;
    }
    const client: Client = { socket, shown: undefined };
    this.#clients.add(client);
    socket.on("error", () => socket.terminate());
    socket.on("close", () => this.#clients.delete(client));
    this.#tell([client]);
    this.#timer ??= this.#clock.after(tellEvery, () => this.#tick());
  }

  close(): void {
    this.#timer?.cancel();
    for (const { socket } of this.#clients) socket.close(1_001);
  }

  #tick(): void {
    this.#timer = undefined;
    if (this.#clients.size === 0) return;
    const begun = this.#clock.monotonic();
    this.#tell(this.#clients);
    const rest = (this.#clock.monotonic() - begun) * restFactor;
    this.#timer = this.#clock.after(Math.max(tellEvery, rest), () => this.#tick());
  }

  #tell(clients: Iterable<Client>): void {
    const state = panelState(this.#overview());
    // Clients that show the same get the same bytes.
    const texts = new Map<PanelState | undefined, string>();
    for (const client of clients) {
      if (client.socket.bufferedAmount > mostBuffered) {
        client.shown = undefined;
        continue;
      }
      const text = texts.get(client.shown) ?? message(client.shown, state);
      texts.set(client.shown, text);
      client.shown = state;
      client.socket.send(text);
    }
  }
}

/** The whole state, a change, or that nothing but the time is different. */
function message(shown: PanelState | undefined, state: PanelState): string {
  if (shown === undefined) return JSON.stringify({ type: "state", state });
  const change = changeBetween(shown, state) ?? { at: state.at, sections: {}, entities: [] };
  return JSON.stringify({ type: "change", ...change });
}
