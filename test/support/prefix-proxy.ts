/**
 * Takes a prefix away and hands on, as the Supervisor's ingress proxy does: requests and WebSockets alike. Run by itself it serves `PROXY_TARGET` below `PROXY_PREFIX` at `PROXY_PORT`, on every address; in a container it stands for
 * the Supervisor. Imports nothing but Node.
 */
import { createServer, request as forward } from "node:http";
import { type AddressInfo, connect } from "node:net";

export interface PrefixProxyOptions {
  /** @default loopback, a free port */
  readonly host?: string;
  readonly port?: number;
}

export async function prefixProxy(
  target: string,
  prefix: string,
  { host = "127.0.0.1", port: listenPort = 0 }: PrefixProxyOptions = {},
): Promise<{ url: string } & AsyncDisposable> {
  const { hostname, port } = new URL(target);
  const server = createServer((request, response) => {
    if (request.url?.startsWith(`${prefix}/`) !== true) return void response.writeHead(404).end();
    const path = request.url.slice(prefix.length);
    const asked = forward({ hostname, port, path, method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    asked.on("error", () => void response.writeHead(502).end());
    request.pipe(asked);
  });
  server.on("upgrade", (request, socket) => {
    const headers = Object.entries(request.headers);
    const upstream = connect(Number(port), hostname, () => {
      upstream.write(
        `GET ${request.url?.slice(prefix.length)} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${String(value)}\r\n`).join("")}\r\n`,
      );
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [socket, upstream]) end.on("error", () => [socket, upstream].forEach((other) => other.destroy()));
  });
  await new Promise<void>((resolve) => void server.listen(listenPort, host, resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://${host}:${(server.address() as AddressInfo).port}`, [Symbol.asyncDispose]: close };
}

if (import.meta.main) {
  const { PROXY_TARGET: target = "", PROXY_PREFIX: prefix = "", PROXY_PORT: port = "8123" } = process.env;
  const { url } = await prefixProxy(target, prefix, { host: "0.0.0.0", port: Number(port) });
  process.stdout.write(`${url}${prefix}/\n`);
  process.on("SIGTERM", () => process.exit(0));
}
