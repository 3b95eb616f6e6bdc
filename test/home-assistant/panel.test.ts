import { mkdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Daemon } from "../support/daemon.ts";
import { prefixProxy } from "../support/prefix-proxy.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";
import { axeOn, englishOn, openBrowser } from "./browser.ts";

const phone = { width: 360, height: 740 };
const desktop = { width: 1_280, height: 900 };
const pages = [
  "overview",
  "plan",
  "entities",
  "entity&id=sensor.meter_power",
  "related",
  "history",
  "storage",
] as const;
/** Pictures for people to look at, where CADENCE_PICTURES names a folder. */
const pictures = process.env["CADENCE_PICTURES"];

describe("the panel in a real browser", () => {
  const folder = new TemporaryFolder();
  let browser: Browser;
  let daemon: Daemon;
  let address: string;

  beforeAll(async () => {
    browser = await openBrowser();
    daemon = new Daemon(["demo", "--store", folder.at("store")], { environment: { CADENCE_PANEL_PORT: "0" } });
    address = await daemon.address();
    await daemon.until(
      ({ buses, entities }) => buses.length === 2 && entities.some(({ advice }) => advice?.action === "slower"),
    );
  });

  afterAll(async () => {
    await browser.close();
    await daemon[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  /** A page with everything it complained of. */
  async function visit(
    url: string,
    options: BrowserContextOptions = {},
  ): Promise<{ page: Page; complaints: string[] }> {
    const context = await browser.newContext({ viewport: desktop, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
    page.on("pageerror", (error) => void complaints.push(String(error)));
    await page.goto(url);
    await page.locator("main .card:not(.skeleton)").first().waitFor();
    return { page, complaints };
  }

  async function picture(page: Page, name: string): Promise<void> {
    if (pictures === undefined) return;
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
  }

  // Waiting for browsers is most of it.
  it.concurrent.each(pages)("speaks German on %s", async (name) => {
    const { page, complaints } = await visit(`${address}?page=${name}`, { locale: "de-DE" });
    await page.locator(".card:not(.skeleton)").first().waitFor();
    await page.waitForTimeout(500);
    expect(await englishOn(page)).toEqual([]);
    expect(await page.locator("html").getAttribute("lang")).toBe("de");
    expect((await axeOn(page)).violations).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("shows every bus and entity, and moves by itself", async () => {
    const { page } = await visit(`${address}?page=entities`);
    await expect.poll(() => page.locator("main").innerText()).toContain("54");
    const before = await page.locator("#bar .live").innerText();
    expect(before).toMatch(/Demo/);
    const main = await page.locator("main").innerText();
    await expect.poll(() => page.locator("main").innerText(), { timeout: 15_000 }).not.toBe(main);
    await page.context().close();
  });

  it("goes from page to page by click, key and the browser's own back", async () => {
    const { page, complaints } = await visit(address);
    await page.getByRole("link", { name: "Storage" }).click();
    await expect.poll(() => page.title()).toBe("Storage · Modbus Cadence");
    await page.goBack();
    await expect.poll(() => page.title()).toBe("Overview · Modbus Cadence");
    await page.keyboard.press("g");
    await page.keyboard.press("e");
    await expect.poll(() => page.title()).toBe("Entities · Modbus Cadence");
    await page.keyboard.press("/");
    await expect.poll(() => page.locator("#search").evaluate((search) => search.matches(":focus"))).toBe(true);
    await page.keyboard.type("meter_power");
    await expect.poll(() => page.locator("main").innerText()).not.toContain("Heat pump");
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("says what to change, why there is no difference to show, and gives automations", async () => {
    const { page, complaints } = await visit(`${address}?page=plan`);
    await expect.poll(() => page.locator("main").innerText()).toContain("cannot be reached from here");
    expect(await page.locator("main tbody tr").count()).toBeGreaterThan(5);
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Automations instead" }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe("modbus-cadence-automations.yaml");
    expect(readFileSync(await file.path(), "utf8")).toContain("homeassistant.update_entity");
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("shows what moves together, and of a pair how", async () => {
    const { page, complaints } = await visit(`${address}?page=related`);
    // Signals are compared for the first time two minutes after the start.
    await expect.poll(() => page.locator("main h1").innerText(), { timeout: 180_000 }).toMatch(/\d groups?,/);
    await expect.poll(() => page.locator(".heat g").count()).toBeGreaterThan(20);
    await page.locator(".heat g").first().click();
    await expect.poll(() => page.url()).toContain("pair=");
    await page.getByRole("link", { name: "The strongest pairs" }).click();
    await expect.poll(() => page.locator("main").innerText()).toContain("Strongest pairs");
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("works under a path prefix, as Home Assistant's ingress gives it", async () => {
    await using ingress = await prefixProxy(address, "/api/hassio_ingress/a-token");
    const { page, complaints } = await visit(`${ingress.url}/api/hassio_ingress/a-token/`);
    await page.getByRole("link", { name: "Entities" }).click();
    await expect.poll(() => page.locator("main").innerText()).toContain("54");
    expect(new URL(page.url()).pathname).toBe("/api/hassio_ingress/a-token/");
    await expect.poll(() => page.locator("#bar .live").innerText()).toMatch(/Demo/);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("says that it lost the daemon, keeps what it knew, and goes on when it is back", async () => {
    const environment = { CADENCE_PANEL_PORT: new URL(address).port };
    const { page } = await visit(`${address}?page=entities`, { viewport: phone });
    await daemon.kill("SIGINT");
    await expect
      .poll(() => page.locator("#notice").innerText(), { timeout: 10_000 })
      .toContain("Connection to Cadence lost");
    expect(await page.locator("#bar .live").innerText()).toMatch(/Offline/);
    expect(await page.locator("main").innerText()).toContain("54");
    await picture(page, "offline-phone");
    daemon = new Daemon(["demo", "--store", folder.at("store")], { environment });
    await daemon.address();
    await expect.poll(() => page.locator("#bar .live").innerText(), { timeout: 30_000 }).toMatch(/Demo/);
    // The panel is there before the daemon is connected, and says so.
    await expect.poll(() => page.locator("#notice").innerText(), { timeout: 30_000 }).toBe("");
    await page.context().close();
  });
});

describe("the panel while Home Assistant is away", () => {
  it("says so with the remedy, and tries again when asked", async () => {
    using folder = new TemporaryFolder();
    const browser = await openBrowser();
    const server = createServer((_request, response) => void response.writeHead(502).end());
    await listen(server);
    try {
      const environment = {
        HASS_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        HASS_TOKEN: "a-token-of-mine",
        CADENCE_PANEL_PORT: "0",
        CADENCE_STARTUP_TIMEOUT: "0",
      };
      await using daemon = new Daemon(["run", "--store", folder.at("store")], { environment });
      const page = await browser.newPage({ viewport: phone });
      await page.goto(await daemon.address());
      await expect.poll(() => page.locator("#notice").innerText(), { timeout: 15_000 }).toContain("is starting");
      if (pictures !== undefined) await page.screenshot({ path: join(pictures, "away-phone.png"), fullPage: true });
      const tried = page.waitForResponse((response) => response.url().endsWith("/api/connection/retry"));
      await page.getByRole("button", { name: "Try now" }).click();
      expect((await tried).status()).toBe(204);
    } finally {
      await browser.close();
      server.closeAllConnections();
      server.close();
    }
  });
});

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => void server.listen(0, "127.0.0.1", resolve));
}
