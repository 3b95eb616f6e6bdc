import type { HaWebSocket } from "home-assistant-js-websocket";
import type { AuthenticatedSocket } from "./socket.ts";

type Listener = (event: never) => void;

/**
 * A socket as the library sees it. What the library cannot read makes it throw inside the socket's own callback, where nobody could catch it and the process would end:
 * here it is caught and handed to `onFault`.
 */
export function guardedSocket(socket: AuthenticatedSocket, onFault: (cause: unknown) => void): HaWebSocket {
  const guards = new Map<Listener, Listener>();
  const guarded = {
    haVersion: socket.haVersion,
    OPEN: socket.OPEN,
    get readyState() {
      return socket.readyState;
    },
    send: (text: string) => socket.send(text),
    close: () => socket.close(),
    addEventListener(type: "message" | "close", listener: Listener) {
      const guard = (event: never): void => {
        try {
          listener(event);
        } catch (cause) {
          onFault(cause);
        }
      };
      guards.set(listener, guard);
      socket.addEventListener(type, guard as never);
    },
    removeEventListener(type: "message" | "close", listener: Listener) {
      socket.removeEventListener(type, guards.get(listener) as never);
      guards.delete(listener);
    },
  };
  return guarded as unknown as HaWebSocket;
}
