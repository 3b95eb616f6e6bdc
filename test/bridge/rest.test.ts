import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { addressesOf } from "#bridge/addresses.ts";
import { postState } from "#bridge/rest.ts";

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  open.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server that says this to whatever it is asked, and closes the connection. */
function answering(answer: string | Uint8Array): Promise<string> {
  return listening(createTcpServer((socket: Socket) => void socket.once("data", () => socket.end(answer))));
}

const post = (url: string): Promise<void> =>
  postState(addressesOf(url), "a-token", "sensor.bus_load", "42", { unit: "%" });

describe("posting a state", () => {
  it("sends it with its attributes and the token", async () => {
    const asked = Promise.withResolvers<{ message: IncomingMessage; body: string }>();
    const server = createServer((message, response) => {
      asked.resolve(text(message).then((body) => ({ message, body })));
      message.once("end", () => response.writeHead(201).end("{}"));
    });
    await post(await listening(server));
    const { message, body } = await asked.promise;
    expect(message.method).toBe("POST");
    expect(message.url).toBe("/api/states/sensor.bus_load");
    expect(message.headers.authorization).toBe("Bearer a-token");
    expect(JSON.parse(body)).toEqual({ state: "42", attributes: { unit: "%" } });
  });

  it("is refused with the status", async () => {
    const url = await answering("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    await expect(post(url)).rejects.toMatchObject({ code: "HASS_COMMAND_FAILED", details: { reason: "http_401" } });
  });

  it("survives an answer of megabytes behind which the connection is closed", async () => {
    const page = gzipSync(randomBytes(4 * 1024 * 1024));
    const head = `HTTP/1.1 502 Bad Gateway\r\nContent-Encoding: gzip\r\nContent-Length: ${page.length}\r\nConnection: close\r\n\r\n`;
    const url = await answering(Buffer.concat([Buffer.from(head), page]));
    await expect(post(url)).rejects.toMatchObject({ details: { reason: "http_502" } });
  });

  it("says that Home Assistant did not take it when the answer breaks off, is none, nobody is there, or the address is none", async () => {
    const answers = ["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", "no answer at all\r\n\r\n", ""];
    const urls = await Promise.all(answers.map(answering));
    for (const url of [...urls, "http://127.0.0.1:1", "http://", "homeassistant:8123"])
      await expect(post(url)).rejects.toMatchObject({ code: "HASS_UNREACHABLE" });
  });
});
