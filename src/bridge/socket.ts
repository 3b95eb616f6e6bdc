import { WebSocket, type RawData } from "ws";
import type { Clock } from "#core/clock.ts";
import { CadenceError } from "#core/errors.ts";
import type { Addresses } from "./addresses.ts";

/** The largest message Home Assistant's proxy lets through. */
const largestMessage = 64 * 1024 * 1024;

export interface SocketOptions {
  readonly addresses: Addresses;
  readonly token: string;
  readonly clock: Clock;
  /** Milliseconds for each step: opening with greeting, answer to the token. */
  readonly stepDeadline: number;
  readonly signal: AbortSignal;
  /** Called when the socket is open and the token is about to be sent. */
  readonly onOpen: () => void;
}

/** An authenticated socket, with Home Assistant's version as it was greeted with. */
export type AuthenticatedSocket = WebSocket & { haVersion: string };

/**
 * Opens a socket and authenticates. Throws HASS_UNREACHABLE, HASS_NOT_READY (the proxy answers 502 until Home Assistant has
 * started), HASS_AUTH_INVALID, HASS_CONNECTION_LOST.
 */
export async function openSocket(options: SocketOptions): Promise<AuthenticatedSocket> {
  const socket = new WebSocket(options.addresses.websocket, { maxPayload: largestMessage, perMessageDeflate: false });
  const abort = (): void => socket.terminate();
  options.signal.addEventListener("abort", abort, { once: true });
  try {
    // The greeting may come in the same packet as the opening: nobody may wait in between.
    const greeting = await step(socket, options, "greeted", (message) => message["type"] === "auth_required");
    options.onOpen();
    socket.send(JSON.stringify({ type: "auth", access_token: options.token }));
    const answer = await step(
      socket,
      options,
      "answered the token",
      (message) => message["type"] === "auth_ok" || message["type"] === "auth_invalid",
    );
    if (answer["type"] === "auth_invalid") {
      throw new CadenceError("HASS_AUTH_INVALID", `Home Assistant at ${options.addresses.base} refused the token.`, {
        remedy: "Make a new long-lived access token on your profile page there (Security), and set HASS_TOKEN to it.",
      });
    }
    // Id 1 is left free for this by the library. Coalesced messages cost a third less to read.
    socket.send(JSON.stringify({ id: 1, type: "supported_features", features: { coalesce_messages: 1 } }));
    const haVersion = String(answer["ha_version"] ?? greeting["ha_version"] ?? "0.0.0");
    return Object.assign(socket, { haVersion });
  } catch (error) {
    socket.on("error", () => undefined);
    socket.terminate();
    throw error;
  } finally {
    options.signal.removeEventListener("abort", abort);
  }
}

type Message = Readonly<Record<string, unknown>>;

/** Waits for a message, from the opening on. Everything else that happens first is a failure. */
function step(
  socket: WebSocket,
  options: SocketOptions,
  what: string,
  wanted: (message: Message) => boolean,
): Promise<Message> {
  const { base } = options.addresses;
  return new Promise((resolve, reject) => {
    const timer = options.clock.after(options.stepDeadline, () =>
      finish(notReady(base, `has not ${what} within ${options.stepDeadline / 1_000} s`)),
    );
    const finish = (result: CadenceError | { message: Message }): void => {
      timer.cancel();
      socket.off("message", received).off("error", failed).off("close", closed).off("unexpected-response", refused);
      if (result instanceof CadenceError) reject(result);
      else resolve(result.message);
    };
    const received = (data: RawData, binary: boolean): void => {
      const message = binary ? undefined : parseMessage(String(data));
      if (message === undefined)
        finish(unreachable(base, "what answers there does not speak Home Assistant's protocol"));
      else if (wanted(message)) finish({ message });
    };
    const failed = (cause: Error & { code?: string }): void => finish(unreachable(base, reasonOf(cause), cause));
    const closed = (): void => finish(notReady(base, `closed the connection before it had ${what}`));
    const refused = (_request: unknown, response: { statusCode?: number }): void =>
      finish(
        response.statusCode === 502 || response.statusCode === 503
          ? notReady(base, "is starting", "")
          : unreachable(base, `it answered with HTTP ${response.statusCode}`),
      );
    socket.on("message", received).on("error", failed).on("close", closed).on("unexpected-response", refused);
  });
}

function parseMessage(text: string): Message | undefined {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === "object" && message !== null ? (message as Message) : undefined;
  } catch {
    return undefined;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "there is no host of that name",
  EAI_AGAIN: "the name cannot be looked up",
  ETIMEDOUT: "the host does not answer",
  EHOSTUNREACH: "there is no way to that host",
  ECONNRESET: "the connection was cut",
};

function reasonOf(cause: Error & { code?: string }): string {
  return reasons[cause.code ?? ""] ?? cause.message;
}

function unreachable(base: string, reason: string, cause?: unknown): CadenceError {
  return new CadenceError("HASS_UNREACHABLE", `Home Assistant cannot be reached at ${base}: ${reason}.`, {
    remedy: "Check the address (HASS_URL), and that Home Assistant is running.",
    ...(cause === undefined ? {} : { cause }),
  });
}

function notReady(base: string, what: string, guess = "It is probably starting. "): CadenceError {
  return new CadenceError("HASS_NOT_READY", `Home Assistant at ${base} ${what}.`, {
    remedy: `${guess}The connection is tried again by itself.`,
  });
}
