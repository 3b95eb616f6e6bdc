import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { Aedes } from "aedes";
import type { BrokerAddress } from "#publish/broker.ts";

/** A real broker from npm on loopback. */
export class TestBroker {
  readonly messages: { topic: string; payload: string; retain: boolean }[] = [];
  readonly retained = new Map<string, string>();
  password = "right";
  #aedes: Aedes | undefined;
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();
  port = 0;

  /** With `tls` encrypted; key and certificate in PEM form. */
  async start(tls?: { readonly key: string; readonly cert: string }): Promise<void> {
    const aedes = await Aedes.createBroker({
      authenticate: (_client, _user, password, done) => {
        if (String(password) === this.password) done(null, true);
        else done(Object.assign(new Error("no"), { returnCode: 4 }) as never, false);
      },
    });
    aedes.on("publish", ({ topic, payload, retain }) => {
      if (topic.startsWith("$SYS")) return;
      this.messages.push({ topic, payload: String(payload), retain });
      if (retain) this.retained.set(topic, String(payload));
    });
    this.#aedes = aedes;
    const take = (socket: Socket): void => {
      this.#sockets.add(socket);
      aedes.handle(socket);
    };
    this.#server = tls === undefined ? createServer(take) : createTlsServer(tls, take);
    await new Promise<void>((resolve) => this.#server?.listen(this.port, "127.0.0.1", resolve));
    this.port = (this.#server.address() as { port: number }).port;
  }

  get address(): BrokerAddress {
    return { url: `mqtt://127.0.0.1:${this.port}`, username: "cadence", password: "right" };
  }

  send(topic: string, payload: string, retain = false): void {
    this.#aedes?.publish(
      { cmd: "publish", topic, payload: Buffer.from(payload), qos: 1, retain, dup: false },
      () => {},
    );
  }

  /** As when the power goes: nobody says goodbye. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  /** Connections stay, and nobody reads them any more. */
  freeze(): void {
    for (const socket of this.#sockets) {
      socket.removeAllListeners("readable");
      socket.removeAllListeners("data");
      socket.pause();
    }
  }

  async stop(): Promise<void> {
    this.cut();
    const [server, aedes] = [this.#server, this.#aedes];
    if (server?.listening === true) await new Promise<void>((resolve) => void server.close(() => resolve()));
    if (aedes?.closed === false) await new Promise<void>((resolve) => aedes.close(() => resolve()));
  }
}
