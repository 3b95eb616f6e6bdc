import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { systemClock } from "#core/clock.ts";
import { silentLogger } from "#core/logger.ts";
import type { Overview } from "#model/overview.ts";
import type { PlanPatch } from "#model/plan-patch.ts";
import type { PanelContent } from "#web/ports.ts";
import { userOf } from "#web/access.ts";
import { PanelServer, type PanelServerOptions } from "#web/server.ts";
import { busOverview, entityOverview, overviewOf } from "../support/overview.ts";

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

/** What the panel's own pages send with what changes something. */
const own = { "x-modbus-cadence": "1" };

const curve = {
  shares: [0.1, 0.5],
  losses: { plan: [0.2, 0.1], even: [0.3, 0.2], changes: [0.3, 0.2], best: [0.1, 0.1] },
  present: { share: 0.5, loss: 0.2 },
  proposed: { share: 0.1, loss: 0.2 },
};

type Parts = Partial<Omit<PanelServerOptions, "content">> & { readonly content?: Partial<PanelContent> };

async function startPanel({ content, ...options }: Parts = {}) {
  const world = { overview: overviewOf() as Overview, done: [] as string[], patch: { files: [] } as PlanPatch };
  const panel = new PanelServer({
    clock: systemClock,
    logger: silentLogger,
    host: "127.0.0.1",
    port: 0,
    ingress: false,
    content: {
      overview: () => world.overview,
      health: () => world.overview,
      planPatch: () => Promise.resolve(world.patch),
      automations: () => "- id: one\n",
      loadCurve: (busId) => (busId === "line" ? curve : undefined),
      planPreview: (busId, share) =>
        busId === "line" ? { busId, share, shareAfter: share / 2, changes: [] } : undefined,
      related: () => ({ at: 0, entityIds: [], pairs: [], groups: [], computable: [], relations: [] }),
      history: () => Promise.resolve([]),
      hours: (days) => Promise.resolve([{ time: days, loads: { line: 0.5 }, written: 1_000 }]),
      entity: (entityId) =>
        Promise.resolve(
          entityId === "sensor.a"
            ? {
                entityId,
                overview: entityOverview("sensor.a", "keep"),
                windows: [],
                patterns: [],
                relations: [],
                decisions: [],
              }
            : undefined,
        ),
      plot: (entityId, { from, to, columns }) =>
        Promise.resolve({
          entityId,
          from,
          to,
          times: [columns],
          values: [1],
          isWhole: true,
          reads: { times: [], looked: [] },
        }),
      sparkLines: (entityIds) => Promise.resolve(entityIds.map((entityId) => ({ entityId, values: [1, null] }))),
      storage: () => Promise.resolve({ chunks: [], backups: [], hours: [] }),
      ...content,
    },
    actions: {
      retryConnection: () => void world.done.push("retry"),
      verify: () => void world.done.push("verify"),
      stopVerifying: () => void world.done.push("stop verifying"),
      backup: () => void world.done.push("backup"),
      restore: (name) => {
        world.done.push(`restore ${name}`);
        return Promise.resolve(name === "known");
      },
      setBudget: (share) => Promise.resolve(void world.done.push(`budget ${share}`)),
      setDrive: (isOn) => Promise.resolve(void world.done.push(`drive ${isOn}`)),
    },
    isAdministrator: (userId) => Promise.resolve(userId === "the-boss"),
    ...options,
  });
  await panel.start();
  open.push(() => panel.stop());
  const port = Number(new URL(panel.address).port);
  return { panel, port, world };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request with exactly these headers, `Host` included. */
function ask(port: number, path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    httpRequest({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (part: string) => (body += part));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    })
      .on("error", reject)
      .end();
  });
}

/** Messages of the live feed, in order. */
function live(port: number, headers: Record<string, string> = {}) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/live`, { headers });
  open.push(() => socket.terminate());
  const messages: Record<string, unknown>[] = [];
  let wake = Promise.withResolvers<void>();
  socket.on("message", (data) => {
    messages.push(JSON.parse((data as Buffer).toString()) as Record<string, unknown>);
    wake.resolve();
    wake = Promise.withResolvers<void>();
  });
  const next = async (): Promise<Record<string, unknown>> => {
    while (messages.length === 0) await wake.promise;
    return messages.shift() as Record<string, unknown>;
  };
  const outcome = new Promise<string>((resolve) => {
    socket.on("open", () => resolve("open"));
    socket.on("unexpected-response", (_request, response) => resolve(`refused ${response.statusCode}`));
    socket.on("error", () => resolve("failed"));
  });
  return { socket, next, outcome };
}

describe("the panel", () => {
  it("is a page whose every part is there, compressed, with its type, and nothing from elsewhere", async () => {
    const { port } = await startPanel();
    const page = await ask(port, "/");
    expect(page).toMatchObject({ status: 200, headers: { "content-type": "text/html; charset=utf-8" } });
    expect(page.body).not.toMatch(/https?:\/\//);
    const seen = new Set<string>();
    const waiting = [...page.body.matchAll(/(?:src|href)="([^":]+)"/g)].map(([, name]) => name as string);
    while (waiting.length > 0) {
      const name = waiting.pop() as string;
      if (seen.has(name)) continue;
      seen.add(name);
      const part = await ask(port, `/${name}`, { "accept-encoding": "identity" });
      expect([name, part.status]).toEqual([name, 200]);
      expect(part.headers["content-type"]).toMatch(name.endsWith(".css") ? /^text\/css/ : /^text\/javascript/);
      waiting.push(...[...part.body.matchAll(/from "\.\/([^"]+)"/g)].map(([, imported]) => imported as string));
    }
    expect(seen.size).toBeGreaterThan(8);
    const compressed = await ask(port, "/style.css", { "accept-encoding": "gzip" });
    expect(compressed.headers["content-encoding"]).toBe("gzip");
  });

  it("is not sent again when the browser has it", async () => {
    const { port } = await startPanel();
    const { headers } = await ask(port, "/app.js");
    expect(await ask(port, "/app.js", { "if-none-match": headers.etag as string })).toMatchObject({
      status: 304,
      body: "",
    });
  });

  it("allows nothing inline and nothing from elsewhere, whatever is asked", async () => {
    const { port } = await startPanel();
    for (const path of ["/", "/api/overview", "/nothing", "/app.js"]) {
      const { headers } = await ask(port, path);
      expect(headers["content-security-policy"]).toContain("default-src 'none'; script-src 'self'");
      expect(headers["content-security-policy"]).not.toContain("unsafe-inline");
      expect(headers["x-content-type-options"]).toBe("nosniff");
    }
  });

  it("gives the overview as JSON, with its first sentence, and a word for health checks", async () => {
    const { port } = await startPanel();
    const overview = JSON.parse((await ask(port, "/api/overview")).body) as Record<string, unknown>;
    expect(overview).toMatchObject({
      verdict: { mood: "good" },
      product: { version: "1.2.3" },
      buses: [{ budget: 0.5 }],
    });
    expect(JSON.parse((await ask(port, "/api/health")).body)).toEqual({ connection: "live", storage: "ok" });
  });

  it.each([
    "/../package.json",
    "/%2e%2e/package.json",
    "/..%2fpackage.json",
    "//etc/passwd",
    "/style.css/../../access.ts",
    "/ui/app.js",
    "/constructor",
  ])("serves no other file: %s", async (path) => {
    const { port } = await startPanel();
    expect((await ask(port, path)).status).toBe(404);
  });

  it("gives the changes of the plan, for the page and as a file, or why there are none; and automations", async () => {
    const { port, world } = await startPanel();
    world.patch = { files: [{ file: "modbus.yaml", lines: ["--- a", "+++ b", "-x", "+y"] }] };
    expect(JSON.parse((await ask(port, "/api/plan/patch")).body)).toEqual(world.patch);
    const file = await ask(port, "/api/plan/patch.diff");
    expect(file.headers["content-disposition"]).toBe('attachment; filename="modbus-cadence.diff"');
    expect(file.body).toBe("--- a\n+++ b\n-x\n+y\n");
    world.patch = { files: [], missing: "There is none." };
    expect(await ask(port, "/api/plan/patch.diff")).toMatchObject({ status: 404, body: "There is none.\n" });
    expect((await ask(port, "/api/plan/automations.yaml")).body).toBe("- id: one\n");
  });

  it("gives what belongs together and what happened", async () => {
    const { port } = await startPanel();
    expect(JSON.parse((await ask(port, "/api/related")).body)).toMatchObject({ entityIds: [], pairs: [] });
    expect(JSON.parse((await ask(port, "/api/history")).body)).toEqual([]);
  });

  it("gives one entity, its values, and strokes of many; what is asked wrongly is refused with a sentence", async () => {
    const { port } = await startPanel();
    const get = async (path: string): Promise<unknown> => JSON.parse((await ask(port, path)).body);
    expect(await get("/api/entity?id=sensor.a")).toMatchObject({ entityId: "sensor.a" });
    expect(await get("/api/plot?id=sensor.a&from=1000&to=9000&columns=800.4")).toMatchObject({
      from: 1_000,
      times: [800],
    });
    expect(await get("/api/sparks?ids=sensor.a,sensor.b")).toHaveLength(2);
    expect(await get("/api/hours?days=365")).toMatchObject([{ time: 365 }]);
    expect(await get("/api/hours")).toMatchObject([{ time: 31 }]);
    expect(await get("/api/storage")).toEqual({ chunks: [], backups: [], hours: [] });
    expect(await get("/api/plan/preview?bus=line&share=0.5")).toMatchObject({ shareAfter: 0.25 });
    expect(await get("/api/plan/curve?bus=line")).toEqual(curve);
    for (const [path, status] of [
      ["/api/fleet", 404],
      ["/api/plan/curve?bus=other", 404],
      ["/api/entity?id=sensor.nobody", 404],
      ["/api/entity?id=../../etc", 404],
      ["/api/entity", 404],
      ["/api/plot?id=sensor.a&from=9000&to=1000&columns=800", 400],
      ["/api/plot?id=sensor.a&from=0&to=1e99&columns=800", 400],
      ["/api/plot?id=sensor.a&from=0&to=9000&columns=1e9", 400],
      ["/api/plot?id=a'b&from=0&to=9000&columns=100", 400],
      ["/api/plot?id=sensor.a&from=NaN&to=&columns=100", 400],
      ["/api/sparks?ids=", 400],
      [`/api/sparks?ids=${Array.from({ length: 51 }, () => "sensor.a").join(",")}`, 400],
      ["/api/plan/preview?bus=line&share=7", 400],
      ["/api/plan/preview?bus=other&share=0.5", 404],
    ] as const)
      expect([path, (await ask(port, path)).status]).toEqual([path, status]);
    expect((await ask(port, "/api/budget?share=2", own, "POST")).status).toBe(400);
    expect((await ask(port, "/api/storage/restore?name=other", own, "POST")).status).toBe(404);
  });

  it("answers with a sentence where the changes cannot be made", async () => {
    const { port } = await startPanel({ content: { planPatch: () => Promise.reject(new Error("secret detail")) } });
    const answer = await ask(port, "/api/plan/patch");
    expect(answer.status).toBe(500);
    expect(answer.body).not.toContain("secret");
  });

  it("changes nothing by GET, and takes no other method", async () => {
    const { port, world } = await startPanel();
    expect((await ask(port, "/api/connection/retry")).status).toBe(404);
    expect((await ask(port, "/", {}, "DELETE")).status).toBe(405);
    expect(world.done).toEqual([]);
    expect((await ask(port, "/api/connection/retry", own, "POST")).status).toBe(204);
    expect(world.done).toEqual(["retry"]);
  });

  it("survives what is no HTTP", async () => {
    const { port } = await startPanel();
    await new Promise<void>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => socket.write("\u0000\u0001 nonsense\r\n\r\n"));
      socket
        .on("close", () => resolve())
        .on("error", () => undefined)
        .resume();
    });
    expect((await ask(port, "/", { "x-long": "x".repeat(60_000) }).catch(() => ({ status: 431 }))).status).toBe(431);
    expect((await ask(port, "/")).status).toBe(200);
  });

  it("says which port is taken and what to do", async () => {
    const { port } = await startPanel();
    await expect(startPanel({ port })).rejects.toMatchObject({
      code: "PORT_IN_USE",
      message: expect.stringContaining(`127.0.0.1:${port}: another program uses that port`) as string,
    });
  });
});

describe("who is let in", () => {
  it("is this machine by its own names, and no page of another name that points here", async () => {
    const { port } = await startPanel();
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`])
      expect([host, (await ask(port, "/api/overview", { host })).status]).toEqual([host, 200]);
    for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1.evil.example"])
      expect([host, (await ask(port, "/api/overview", { host })).status]).toEqual([host, 403]);
  });

  it("is no page of another origin, be it for a request or the live feed", async () => {
    const { port, world } = await startPanel();
    for (const origin of ["http://evil.example", "null", "nonsense", `http://127.0.0.1:${port + 1}`]) {
      expect((await ask(port, "/api/connection/retry", { ...own, origin }, "POST")).status).toBe(403);
      expect(await live(port, { origin }).outcome).toBe("refused 403");
    }
    expect(world.done).toEqual([]);
    expect(
      (await ask(port, "/api/connection/retry", { ...own, origin: `http://127.0.0.1:${port}` }, "POST")).status,
    ).toBe(204);
    expect(await live(port, { origin: `http://127.0.0.1:${port}` }).outcome).toBe("open");
  });

  it("is nobody by claiming to be forwarded from somewhere", async () => {
    const { port } = await startPanel({ ingress: true });
    const forged = {
      host: "evil.example",
      "x-forwarded-for": "172.30.32.2",
      "x-ingress-path": "/api/hassio_ingress/x",
      "x-remote-user-id": "admin",
    };
    expect((await ask(port, "/api/overview", forged)).status).toBe(403);
  });

  it("is whoever has the token, from anywhere; the token moves from the address into a cookie scripts cannot read", async () => {
    const token = "a token of 20 & more";
    const { port } = await startPanel({ token });
    const host = `panel.example:${port}`;
    expect((await ask(port, "/", { host })).status).toBe(403);
    expect((await ask(port, `/?token=${encodeURIComponent("wrong")}`, { host })).status).toBe(403);
    const first = await ask(port, `/?token=${encodeURIComponent(token)}`, { host });
    expect(first).toMatchObject({ status: 303, headers: { location: "./" } });
    const cookie = String(first.headers["set-cookie"]);
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    expect((await ask(port, "/", { host, cookie: cookie.split(";")[0] as string })).status).toBe(200);
    expect((await ask(port, "/", { host, authorization: `Bearer ${encodeURIComponent(token)}` })).status).toBe(403);
    expect((await ask(port, "/api/overview", { host, cookie: "cadence_panel=%E0%A4%A" })).status).toBe(403);
  });

  it("may do harm only as an administrator of Home Assistant, and whoever is on the machine itself is one", async () => {
    const { port, world } = await startPanel({ isAdministrator: () => Promise.resolve(false) });
    for (const path of ["/api/storage/restore?name=known", "/api/budget?share=0.3", "/api/drive?on=1"])
      expect([path, (await ask(port, path, own, "POST")).status]).toEqual([path, 204]);
    expect(world.done).toEqual(["restore known", "budget 0.3", "drive true"]);
    // Claimed from elsewhere than the proxy, a name means nothing.
    const claimed = { "x-remote-user-id": "guest" };
    expect(JSON.parse((await ask(port, "/api/me", claimed)).body)).toEqual({ isAdministrator: true, hasFleet: false });
  });

  it("is believed to be a user only from the Supervisor's proxy", () => {
    const request = { headers: { "x-remote-user-id": "the-boss" } } as unknown as IncomingMessage;
    expect(userOf(request, "ingress")).toBe("the-boss");
    for (const access of ["loopback", "token", undefined] as const) expect(userOf(request, access)).toBeUndefined();
    expect(userOf({ headers: {} } as unknown as IncomingMessage, "ingress")).toBeUndefined();
  });

  it("changes nothing without the header that only our own pages can send", async () => {
    const { port, world } = await startPanel();
    for (const path of ["/api/connection/retry", "/api/storage/restore?name=known", "/api/drive?on=1"]) {
      const answer = await ask(port, path, {}, "POST");
      expect([path, answer.status]).toEqual([path, 403]);
    }
    expect(world.done).toEqual([]);
  });

  it("sends no bodies, and not too many requests", async () => {
    const { port } = await startPanel();
    expect(
      (await ask(port, "/api/overview", { "content-length": "5" }, "POST").catch(() => ({ status: 413 }))).status,
    ).toBe(413);
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => ask(port, "/api/connection/retry", own, "POST")),
    );
    const counts = Map.groupBy(answers, ({ status }) => status);
    expect(counts.get(204)?.length).toBeGreaterThanOrEqual(20);
    expect(counts.get(429)?.[0]?.headers["retry-after"]).toBe("2");
    expect((await ask(port, "/api/overview")).status).toBe(200);
  });

  it("learns nothing of the token when refused", async () => {
    const { port } = await startPanel({ token: "very-secret-token" });
    const { body } = await ask(port, "/", { host: "panel.example" });
    expect(body).toContain("This panel is closed.");
    expect(body).not.toContain("very-secret-token");
  });
});

describe("the live feed", () => {
  it("gives the whole state first, then what became different", async () => {
    const { port, world } = await startPanel();
    const { next } = live(port);
    expect(await next()).toMatchObject({ type: "state", state: { verdict: { mood: "good" }, entities: [{}, {}] } });
    world.overview = overviewOf({ at: 1_700_000_001_000, buses: [busOverview("line", 0.7)] });
    expect(await next()).toMatchObject({
      type: "change",
      at: 1_700_000_001_000,
      sections: { buses: [{ load: { utilisation: 0.7 } }], verdict: { mood: "warning" } },
      entities: [],
    });
    expect(await next()).toEqual({ type: "change", at: 1_700_000_001_000, sections: {}, entities: [] });
  });

  it("has an end to the number of pages, and to what a page may send", async () => {
    const { port } = await startPanel();
    const pages = Array.from({ length: 33 }, () => live(port));
    await Promise.all(pages.map(({ outcome }) => outcome));
    const closed = await Promise.race(
      pages.map(({ socket }) => new Promise<number>((resolve) => void socket.on("close", (code) => resolve(code)))),
    );
    expect(closed).toBe(1_013);
    const greedy = pages[0] as (typeof pages)[number];
    const ended = new Promise<number>((resolve) => void greedy.socket.on("close", (code) => resolve(code)));
    greedy.socket.send("x".repeat(5_000));
    expect(await ended).toBe(1_009);
    expect((await ask(port, "/")).status).toBe(200);
  });

  it("ends with the panel, at once", async () => {
    const { panel, port } = await startPanel();
    const { socket, outcome } = live(port);
    await outcome;
    const ended = new Promise<void>((resolve) => void socket.on("close", () => resolve()));
    const begun = performance.now();
    await panel.stop();
    await panel.stop();
    await ended;
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});
