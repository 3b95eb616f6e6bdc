import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { Daemon, runCadence } from "../support/daemon.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());
let stores = 0;
const newStore = (): string => folder.at(`store-${(stores += 1)}`);
const panel = { CADENCE_PANEL_PORT: "0" };

/** What a person sees: the lines on stderr that are no log, without a stack trace. */
async function fails(argv: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const { code, stdout, stderr } = await runCadence(argv, {
    environment: { ...panel, ...environment },
    directory: folder.path,
  });
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr).not.toContain("INTERNAL");
  const sentence = stderr.trim().split("\n").at(-1) ?? "";
  return { code, stdout, stderr, sentence };
}

/** Something that answers like a Home Assistant up to the point a test is about. */
async function withServer<Result>(
  onMessage: (message: Record<string, unknown>) => unknown,
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket) => {
    socket.send(JSON.stringify({ type: "auth_required", ha_version: "2026.11.0" }));
    socket.on("message", (data) => {
      const answer = onMessage(JSON.parse((data as Buffer).toString()) as Record<string, unknown>);
      if (answer !== undefined) socket.send(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe("Home Assistant", () => {
  it("without a token: 2", async () => {
    const { code, sentence } = await fails(["run", "--store", newStore()], { HASS_URL: "http://127.0.0.1:8123" });
    expect([code, sentence]).toEqual([
      2,
      "An address of Home Assistant is configured, but no token. Set HASS_TOKEN to a long-lived access token: in Home Assistant open your profile, then Security, and create one.",
    ]);
  });

  it("without an address: 2", async () => {
    const { code, sentence } = await fails(["run", "--store", newStore()], { HASS_TOKEN: "a-token-of-mine" });
    expect([code, sentence]).toEqual([
      2,
      "A token is configured, but no address of Home Assistant. Set HASS_URL, such as http://homeassistant.local:8123.",
    ]);
  });

  it("with a wrong token: 1, at once, and the token is nowhere", async () => {
    const refuse = (message: Record<string, unknown>) =>
      message["type"] === "auth" ? { type: "auth_invalid", message: "Invalid access token or password" } : undefined;
    await withServer(refuse, async (url) => {
      const secret = "eyJhbGciOiJIUzI1NiJ9.secret.of-mine";
      const { code, sentence, stderr, stdout } = await fails(["run", "--store", newStore()], {
        HASS_URL: url,
        HASS_TOKEN: secret,
      });
      expect([code, sentence]).toEqual([
        1,
        `Home Assistant at ${url} refused the token. Make a new long-lived access token on your profile page there (Security), and set HASS_TOKEN to it.`,
      ]);
      expect(stderr + stdout).not.toContain(secret);
    });
  });

  it("that cannot be reached: 1, after the time it was given", async () => {
    const { code, sentence } = await fails(["run", "--store", newStore()], {
      HASS_URL: "http://127.0.0.1:1",
      HASS_TOKEN: "a-token-of-mine",
      CADENCE_STARTUP_TIMEOUT: "2",
    });
    expect([code, sentence]).toEqual([
      1,
      "Home Assistant cannot be reached at http://127.0.0.1:1: nothing listens there. Waited 2 s for it. Check the address (HASS_URL), and that Home Assistant is running; startup_timeout 0 waits for ever.",
    ]);
  });

  it("that has not started yet: 1, and said so", async () => {
    const starting = (message: Record<string, unknown>) =>
      message["type"] === "auth"
        ? { type: "auth_ok", ha_version: "2026.11.0" }
        : { id: message["id"], type: "result", success: true, result: { state: "NOT_RUNNING" } };
    await withServer(starting, async (url) => {
      const { code, sentence } = await fails(["run", "--store", newStore()], {
        HASS_URL: url,
        HASS_TOKEN: "a-token-of-mine",
        CADENCE_STARTUP_TIMEOUT: "2",
      });
      expect(code).toBe(1);
      expect(sentence).toMatch(/^Home Assistant is starting\. Waited 2 s for it\./);
    });
  });
});

describe("the store", () => {
  it("in use by another daemon: 1, and the other goes on", async () => {
    const store = newStore();
    await using first = new Daemon(["run", "--store", store], { environment: panel, directory: folder.path });
    await first.address();
    const { code, sentence } = await fails(["run", "--store", store]);
    expect(code).toBe(1);
    expect(sentence).toMatch(/ is in use by another Modbus Cadence \(process \d+\)\. Stop that one first/);
    expect(await fails(["replay", import.meta.filename, "--store", store])).toMatchObject({ code: 1, sentence });
    expect((await runCadence(["store", "info", "--store", store])).code).toBe(0);
    expect((await first.overview()).storage.status).toBe("ok");
  });

  it("in a folder that cannot be made, because a file is there: 1", async () => {
    writeFileSync(folder.at("a-file"), "mine");
    const { code, sentence } = await fails(["run", "--store", folder.at("a-file", "store")]);
    expect(code).toBe(1);
    expect(sentence).toContain(`The folder ${folder.at("a-file")} cannot be written: it is a file.`);
  });

  it.skipIf(process.getuid?.() === 0)(
    "in a folder that may not be written: 1 (left out for root, who may write everywhere)",
    async () => {
      mkdirSync(folder.at("closed"));
      chmodSync(folder.at("closed"), 0o500);
      const { code, sentence } = await fails(["run", "--store", folder.at("closed", "store")]);
      expect(code).toBe(1);
      expect(sentence).toContain("cannot be written");
    },
  );

  it("where no folder can be made: 1", async () => {
    const { code, sentence } = await fails(["run", "--store", "/proc/cadence"]);
    expect(code).toBe(1);
    expect(sentence).toMatch(/\/proc\/cadence.*cannot be written/);
  });

  it.each(["store info", "store verify", "report"])(
    "that is not there, for %s: 1, and none is made",
    async (command) => {
      const store = newStore();
      const { code, sentence } = await fails([...command.split(" "), "--store", store]);
      expect(code).toBe(1);
      expect(sentence).toMatch(new RegExp(`There is no store in ${store}`));
    },
  );

  it("exported onto something: 1, and nothing is overwritten", async () => {
    const store = newStore();
    writeFileSync(folder.at("one.csv"), "entity_id,timestamp_ms,state\nsensor.a,1,5\n");
    expect((await runCadence(["replay", folder.at("one.csv"), "--store", store])).code).toBe(0);
    const { code, sentence } = await fails(["store", "export", "--store", store, "--to", folder.path]);
    expect(code).toBe(1);
    expect(sentence).toContain("is not empty");
    const elsewhere = await fails(["store", "export", "--store", store, "--to", "/proc/cadence"]);
    expect([elsewhere.code, elsewhere.sentence]).toEqual([
      1,
      "The folder /proc/cadence cannot be made. Check that its parent is there and that you may write to it.",
    ]);
  });
});

describe("the command line", () => {
  it.each([
    [["fly"], "“fly” is not a command. There are: run, demo, replay"],
    [["store", "fly"], "“store fly” is not a command. There are: store info"],
    [["run", "--fast"], "--fast is not an option of run. See: npm run --silent cadence -- run --help"],
    [["demo", "--speed", "0"], "--speed must be a number from 1 to 600, got “0”."],
    [["demo", "--for", "soon"], "“soon” is not a duration."],
    [["replay"], "replay needs FILE…."],
    [["store", "export"], "store export needs a folder to write to."],
    [["options", "extra"], "“extra” is one word too many for options."],
  ] as const)("%j: 2", async (argv, words) => {
    const { code, sentence } = await fails(argv);
    expect(code).toBe(2);
    expect(sentence).toContain(words);
  });

  it("with files that are not there, or are none of ours: 1, and no store is made half", async () => {
    const missing = await fails(["replay", folder.at("missing.csv"), "--store", newStore()]);
    expect([missing.code, missing.sentence]).toEqual([
      1,
      `There is no file ${folder.at("missing.csv")}. Check its name.`,
    ]);
    const other = await fails(["replay", import.meta.filename, "--store", newStore()]);
    expect(other.code).toBe(1);
    expect(other.sentence).toContain("is no file of samples");
  });

  it("gives one JSON document with the code, the fact and the remedy, when asked for JSON", async () => {
    const { code, stdout } = await fails(["store", "info", "--store", newStore(), "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: "STORE_NOT_FOUND", message: expect.any(String) as string },
    });
  });
});

describe("options", () => {
  it("that are wrong are named all at once, each with its rule: 2", async () => {
    mkdirSync(folder.at("config"), { recursive: true });
    writeFileSync(folder.at("config", "cadence.yaml"), "bus_budgett: 0.5\ncommit_interval: soon\n");
    try {
      const { code, stderr } = await fails(["run", "--store", newStore()], { CADENCE_PANEL_PORT: "70000" });
      expect(code).toBe(2);
      for (const words of ["bus_budgett", "commit_interval", "soon", "CADENCE_PANEL_PORT", "70000"])
        expect(stderr).toContain(words);
    } finally {
      writeFileSync(folder.at("config", "cadence.yaml"), "");
    }
  });

  it("in a file that is no YAML: 2, with the file's name", async () => {
    writeFileSync(folder.at("broken.yaml"), "a: [1,\nb: }");
    const { code, sentence } = await fails(["run"], { CADENCE_CONFIG: folder.at("broken.yaml") });
    expect(code).toBe(2);
    expect(sentence).toContain("broken.yaml is not valid YAML");
  });

  it("with a port that is taken: 1, with the remedy", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const { code, sentence } = await fails(["run", "--store", newStore()], { CADENCE_PANEL_PORT: String(port) });
      expect([code, sentence]).toEqual([
        1,
        `The panel cannot listen on 127.0.0.1:${port}: another program uses that port. Choose another port with CADENCE_PANEL_PORT (0 takes a free one).`,
      ]);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

describe("store migrate", () => {
  it("without a folder, of one that is not there or holds something else, and with a zone that is none: a sentence each", async () => {
    mkdirSync(folder.at("something-else"));
    writeFileSync(folder.at("something-else", "notes.txt"), "hello");
    const store = newStore();
    const migrate = async (...argv: readonly string[]): Promise<unknown[]> => {
      const { code, sentence } = await fails(["store", "migrate", "--store", store, ...argv]);
      return [code, sentence];
    };
    expect(await migrate()).toEqual([
      2,
      "store migrate needs the folder of the older package. Name it with --from DIR.",
    ]);
    for (const from of ["nowhere", "something-else"]) {
      expect(await migrate("--from", folder.at(from))).toEqual([
        1,
        `${folder.at(from)} holds nothing of the older Python package. Name the folder modbus_state or modbus_statistics, or the one that it is in.`,
      ]);
    }
    expect(existsSync(store), "a store that was made for nothing").toBe(false);
    expect(await migrate("--from", folder.at("something-else"), "--zone", "Berlin")).toEqual([
      2,
      "There is no time zone “Berlin”. Write its IANA name, such as Europe/Berlin.",
    ]);
  });
});
