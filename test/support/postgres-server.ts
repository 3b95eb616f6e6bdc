import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** `nobody`: PostgreSQL does not run as root. */
const nobody = 65_534;

/** Where the machine's own PostgreSQL has its programs; undefined when there is none. */
export function postgresFolder(): string | undefined {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).toSorted((a, b) => Number(b) - Number(a)) : [];
  const places = [...versions.map((version) => join(root, version, "bin")), "/usr/local/bin", "/usr/bin"];
  return places.find((place) => ["initdb", "postgres"].every((name) => existsSync(join(place, name))));
}

export interface PostgresServerOptions {
  /** Waits for the disk as a server does; tests need not. @default false */
  readonly isDurable?: boolean;
  /** In PEM form; encrypted connections are possible then. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** A small real server of its own on a socket of loopback, gone with all its data in the end. */
export class PostgresServer implements AsyncDisposable {
  readonly url: string;
  readonly #folder: string;
  readonly #port: number;
  readonly #isDurable: boolean;
  readonly #isEncrypted: boolean;
  #process: ChildProcess | undefined;

  private constructor(folder: string, port: number, { isDurable, tls }: PostgresServerOptions) {
    this.#isDurable = isDurable ?? false;
    this.#isEncrypted = tls !== undefined;
    this.#folder = folder;
    this.#port = port;
    this.url = `postgres://cadence@127.0.0.1:${port}/postgres`;
  }

  static async start(options: PostgresServerOptions = {}): Promise<PostgresServer> {
    const programs = postgresFolder() as string;
    const folder = mkdtempSync(join(tmpdir(), "cadence-postgres-"));
    if (process.getuid?.() === 0) chownSync(folder, nobody, nobody);
    const made = spawnSync(
      join(programs, "initdb"),
      ["-D", join(folder, "data"), "-U", "cadence", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
      { encoding: "utf8", ...asNobody() },
    );
    if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
    const server = new PostgresServer(folder, await freePort(), options);
    server.#keep(options);
    await server.begin();
    return server;
  }

  async begin(): Promise<void> {
    const settings = [
      "listen_addresses=127.0.0.1",
      "unix_socket_directories=",
      `fsync=${this.#isDurable ? "on" : "off"}`,
      "max_connections=40",
      `ssl=${this.#isEncrypted ? "on" : "off"}`,
    ];
    const child = spawn(
      join(postgresFolder() as string, "postgres"),
      ["-D", join(this.#folder, "data"), "-p", String(this.#port), ...settings.flatMap((each) => ["-c", each])],
      { stdio: ["ignore", "ignore", "pipe"], ...asNobody() },
    );
    this.#process = child;
    let log = "";
    await new Promise<void>((resolve, reject) => {
      child.stderr?.on("data", (part: Buffer) => {
        log += part.toString();
        if (log.includes("ready to accept connections")) resolve();
      });
      child.once("close", () => reject(new Error(`postgres ended:\n${log}`)));
    });
  }

  /** It takes no key that others may read. */
  #keep({ tls }: PostgresServerOptions): void {
    for (const [name, text] of [
      ["server.key", tls?.key],
      ["server.crt", tls?.cert],
    ] as const) {
      if (text === undefined) continue;
      const path = join(this.#folder, "data", name);
      writeFileSync(path, text);
      chmodSync(path, 0o600);
      if (process.getuid?.() === 0) chownSync(path, nobody, nobody);
    }
  }

  /** As if the machine's plug were pulled: every connection breaks. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null) return;
    const closed = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGQUIT");
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** One that nobody listens on now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => void server.close(resolve));
  return port;
}

function asNobody(): { uid?: number; gid?: number; cwd: string } {
  return process.getuid?.() === 0 ? { uid: nobody, gid: nobody, cwd: "/" } : { cwd: "/" };
}
