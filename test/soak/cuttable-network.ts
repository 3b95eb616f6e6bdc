import { connect, createServer, type Server, type Socket } from "node:net";

/** A way to a port of this machine that can be cut. */
export class CuttableNetwork {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor(to: number) {
    this.#server = createServer((socket) => {
      if (this.#isCut) socket.destroy();
      else this.#join(socket, connect(to, "127.0.0.1"));
    });
  }

  static async to(port: number): Promise<CuttableNetwork> {
    const network = new CuttableNetwork(port);
    await new Promise<void>((resolve) => void network.#server.listen(0, "127.0.0.1", resolve));
    return network;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** Ends what is connected, and lets nobody in until `mend`. */
  cut(): void {
    this.#isCut = true;
    this.break();
  }

  mend(): void {
    this.#isCut = false;
  }

  /** Ends what is connected; who comes again is let in. */
  break(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.break();
    this.#server.close();
  }

  #join(socket: Socket, upstream: Socket): void {
    for (const [end, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      this.#sockets.add(end);
      end
        .on("error", () => other.destroy())
        .on("close", () => {
          this.#sockets.delete(end);
          other.destroy();
        });
      end.pipe(other);
    }
  }
}
