import { Connection, type HaWebSocket, type MessageBase } from "home-assistant-js-websocket";
import { type Clock, delay } from "#core/clock.ts";
import { CadenceError } from "#core/errors.ts";
import { guardedSocket } from "./guarded-socket.ts";
import type { AuthenticatedSocket } from "./socket.ts";

/** Error numbers with which home-assistant-js-websocket rejects; none leaves this file. */
const libraryErrors = { invalidAuth: 2, connectionLost: 3 } as const;

export interface SessionOptions {
  readonly socket: AuthenticatedSocket;
  readonly clock: Clock;
  /** Milliseconds a command may take. @default 30000 */
  readonly commandDeadline?: number;
}

/**
 * One authenticated connection, from its opening to its end; never reused. The library keeps ids and dispatches messages;
 * reconnecting, deadlines, pings and errors are ours.
 */
export class Session {
  readonly version: string;
  /** Aborted when the connection ends, for whatever reason. */
  readonly ended: AbortSignal;
  readonly #connection: Connection;
  readonly #socket: AuthenticatedSocket;
  readonly #clock: Clock;
  readonly #commandDeadline: number;
  readonly #end = new AbortController();

  constructor({ socket, clock, commandDeadline = 30_000 }: SessionOptions) {
    this.version = socket.haVersion;
    this.ended = this.#end.signal;
    this.#socket = socket;
    this.#clock = clock;
    this.#commandDeadline = commandDeadline;
    socket.on("error", () => socket.terminate());
    socket.on("close", () => this.#end.abort(connectionLost()));
    // Whatever the library tries after the end of this socket, the answer "invalid auth" makes it stop for good.
    const createSocket = (): Promise<HaWebSocket> => Promise.reject(libraryErrors.invalidAuth as unknown as Error);
    const guarded = guardedSocket(socket, (cause) => {
      // What came with it is lost, and history has it: nothing of this connection can be relied on.
      this.#end.abort(notUnderstood(cause));
      this.terminate();
    });
    this.#connection = new Connection(guarded, { setupRetry: 0, createSocket });
  }

  /** The result of a command. Throws HASS_COMMAND_FAILED (details.reason holds Home Assistant's code), HASS_COMMAND_TIMEOUT, HASS_CONNECTION_LOST. */
  async command<Result>(message: MessageBase, deadline: number = this.#commandDeadline): Promise<Result> {
    this.ended.throwIfAborted();
    return this.#within(message.type, deadline, this.#connection.sendMessagePromise<Result>(message));
  }

  /** Events of a subscription go to `listener` until the returned function is called or the connection ends. Throws as `command`. */
  async subscribe<Event>(message: MessageBase, listener: (event: Event) => void): Promise<() => void> {
    this.ended.throwIfAborted();
    const end = await this.#within(
      message.type,
      this.#commandDeadline,
      this.#connection.subscribeMessage<Event>(listener, message, { resubscribe: false }),
    );
    return () => {
      if (!this.ended.aborted) end().catch(ignoreAfterEnd);
    };
  }

  /** Ends when no answer to a ping came in time: the socket is then half open, and is cut. */
  async keepAlive(interval: number, deadline: number): Promise<void> {
    while (!this.ended.aborted) {
      await delay(this.#clock, interval, this.ended);
      await this.#within("ping", deadline, this.#connection.sendMessagePromise({ type: "ping" })).catch(() =>
        this.terminate(),
      );
    }
  }

  /** Cuts the connection at once. Idempotent. */
  terminate(): void {
    this.#connection.closeRequested = true;
    this.#socket.terminate();
    this.#end.abort(connectionLost());
  }

  async #within<Result>(what: string, deadline: number, work: Promise<Result>): Promise<Result> {
    const expired = Promise.withResolvers<never>();
    expired.promise.catch(ignoreAfterEnd);
    const lost = (): void => expired.reject(this.ended.reason as Error);
    this.ended.addEventListener("abort", lost, { once: true });
    using _timer = this.#clock.after(deadline, () =>
      expired.reject(
        new CadenceError(
          "HASS_COMMAND_TIMEOUT",
          `Home Assistant did not answer “${what}” within ${deadline / 1_000} s.`,
          {
            remedy: "It is overloaded or hangs; the command is tried again later.",
            details: { command: what },
          },
        ),
      ),
    );
    try {
      return await Promise.race([work, expired.promise]);
    } catch (cause) {
      throw translate(cause, what);
    } finally {
      this.ended.removeEventListener("abort", lost);
    }
  }
}

/** A promise that nobody needs any more may fail. */
function ignoreAfterEnd(): void {
  /* the failure was told elsewhere, or the connection is gone */
}

function connectionLost(cause?: unknown): CadenceError {
  return new CadenceError("HASS_CONNECTION_LOST", "The connection to Home Assistant was lost.", {
    remedy: "It is tried again by itself; what was missed is fetched from history.",
    ...(cause === undefined ? {} : { cause }),
  });
}

function notUnderstood(cause: unknown): CadenceError {
  return new CadenceError(
    "HASS_CONNECTION_LOST",
    "Home Assistant sent something that is not its protocol, and the connection was given up.",
    {
      remedy: "It is tried again by itself; what was missed is fetched from history.",
      cause,
    },
  );
}

function translate(cause: unknown, what: string): CadenceError {
  if (cause instanceof CadenceError) return cause;
  if (typeof cause === "number") return connectionLost(cause);
  const { code, message } = (cause ?? {}) as { code?: unknown; message?: unknown };
  const reason = typeof code === "string" ? code : "unknown";
  const says = typeof message === "string" ? message : "no reason given";
  return new CadenceError("HASS_COMMAND_FAILED", `Home Assistant refused “${what}”: ${says} (${reason}).`, {
    cause,
    details: { command: what, reason },
  });
}

/** True when Home Assistant does not know a command, because it is older or the part that answers it is not loaded. */
export function isUnknownCommand(error: unknown): boolean {
  return (
    error instanceof CadenceError &&
    error.code === "HASS_COMMAND_FAILED" &&
    error.details["reason"] === "unknown_command"
  );
}
