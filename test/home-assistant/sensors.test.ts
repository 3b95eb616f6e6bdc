import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { Daemon, pause } from "../support/daemon.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";
import { Bench } from "./bench.ts";
import { openBrowser } from "./browser.ts";

const root = join(import.meta.dirname, "..", "..");
/** Pictures for people to look at, where CADENCE_PICTURES names a folder. */
const pictures = process.env["CADENCE_PICTURES"];
const site = "modbus_cadence_site";

describe("our sensors in a real Home Assistant", () => {
  const folder = new TemporaryFolder();
  let bench: Bench;
  let daemon: Daemon;
  let browser: Browser;

  const startDaemon = (environment: Readonly<Record<string, string>> = {}): Daemon =>
    new Daemon(["run", "--store", folder.at("store")], {
      environment: {
        ...bench.environment,
        CADENCE_HOME_ASSISTANT_CONFIG: bench.environment["HASS_CONFIG"] as string,
        CADENCE_PANEL_PORT: "0",
        CADENCE_PUBLISH_INTERVAL: "5",
        ...environment,
      },
    });

  beforeAll(async () => {
    bench = await Bench.start();
    browser = await openBrowser();
    daemon = startDaemon();
    await vi.waitFor(async () => expect(await bench.state(`sensor.${site}_connection`)).toBe("live"), 60_000);
    await daemon.until(({ buses }) => (buses[0]?.load.counted ?? 0) > 20, 120_000);
  });

  afterAll(async () => {
    await browser?.close();
    await daemon?.[Symbol.asyncDispose]();
    await Bench.stop();
    folder[Symbol.dispose]();
  });

  /** A page of the frontend, logged in. */
  async function visit(path: string): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1_360, height: 900 } });
    const { HASS_URL: url = "", HASS_TOKEN: token = "" } = bench.environment;
    const tokens = {
      access_token: token,
      token_type: "Bearer",
      expires_in: 1e6,
      hassUrl: url,
      clientId: null,
      expires: Date.now() + 1e9,
      refresh_token: "",
    };
    await context.addInitScript(`localStorage.setItem("hassTokens", ${JSON.stringify(JSON.stringify(tokens))})`);
    const page = await context.newPage();
    await page.goto(`${url}${path}`);
    return page;
  }

  async function picture(page: Page, name: string): Promise<void> {
    if (pictures === undefined) return;
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `${name}.png`) });
  }

  it("stand on the page of their device, with values and units", async () => {
    const devices = (await bench.command({ type: "config/device_registry/list" })) as {
      id: string;
      name: string;
      manufacturer: string;
    }[];
    const device = devices.find(({ name }) => name === "Modbus Cadence");
    expect(device).toMatchObject({ manufacturer: "Modbus Cadence" });
    expect(devices.some(({ name }) => name === "Modbus bus line")).toBe(true);
    const page = await visit(`/config/devices/device/${device?.id}`);
    await page.getByText("Entities followed").waitFor({ timeout: 60_000 });
    await pause(2_000);
    await picture(page, "device");
    for (const text of ["Values per minute", "Storage size", "Back up now", "Bus budget"])
      await page.getByText(text, { exact: true }).first().waitFor({ timeout: 20_000 });
    await page
      .getByText(/\d\s*MB/)
      .first()
      .waitFor({ timeout: 20_000 });
    await page
      .getByText(/\d\s*1\/min/)
      .first()
      .waitFor({ timeout: 20_000 });
    await page.context().close();
  });

  it("have long-term statistics to which Home Assistant does not object", async () => {
    const issues = (await bench.command({ type: "recorder/validate_statistics" })) as Record<string, unknown>;
    expect(Object.entries(issues).filter(([id]) => id.includes("cadence"))).toEqual([]);
    const known = (await bench.command({ type: "recorder/list_statistic_ids" })) as { statistic_id: string }[];
    const ids = known.map(({ statistic_id: id }) => id);
    expect(ids).toEqual(
      expect.arrayContaining([
        `sensor.${site}_storage_size`,
        `sensor.${site}_values_per_minute`,
        `sensor.${site}_gaps`,
      ]),
    );
  });

  it("fill the dashboard that ships with the program", async () => {
    const config: unknown = parse(readFileSync(join(root, "config", "dashboards", "modbus-cadence.yaml"), "utf8"));
    await bench.command({
      type: "lovelace/dashboards/create",
      url_path: "modbus-cadence",
      title: "Modbus Cadence",
      mode: "storage",
    });
    await bench.command({ type: "lovelace/config/save", url_path: "modbus-cadence", config });
    const page = await visit("/modbus-cadence");
    await page.getByText("Bytes per value").first().waitFor({ timeout: 60_000 });
    await page
      .getByText(/reads per second/)
      .first()
      .waitFor({ timeout: 20_000 });
    await pause(3_000);
    await picture(page, "dashboard");
    await page.getByText("Modbus bus line").first().waitFor({ timeout: 20_000 });
    await page
      .getByText(/\d\s*MB/)
      .first()
      .waitFor({ timeout: 20_000 });
    for (const fault of ["Entity not available", "Configuration error", "Unknown type", "Entity not found"])
      expect(await page.getByText(fault).count(), fault).toBe(0);
    await page.context().close();
  });

  it("do what their buttons and the number say", async () => {
    await bench.api("services/button/press", { entity_id: `button.${site}_backup` });
    await bench.api("services/button/press", { entity_id: `button.${site}_verify` });
    await bench.api("services/number/set_value", { entity_id: `number.${site}_bus_budget`, value: 35 });
    await expect.poll(() => bench.state(`number.${site}_bus_budget`), { timeout: 10_000 }).toBe("35");
    await expect.poll(() => bench.state(`sensor.${site}_storage_verify`), { timeout: 10_000 }).toBe("ok");
    await expect.poll(() => bench.state(`sensor.${site}_storage_last_backup`), { timeout: 10_000 }).toMatch(/^20/);
  });

  it("are one way to what the panel is the other: from its overview to the very lines to change", async () => {
    const context = await browser.newContext({ viewport: { width: 1_280, height: 900 } });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
    page.on("pageerror", (error) => void complaints.push(String(error)));
    await page.goto(await daemon.address());
    await page.getByRole("link", { name: "All of them, one by one" }).click({ timeout: 240_000 });
    await page.locator("tbody .entity-link").first().click();
    await page.locator(".plot canvas").waitFor();
    await page.getByRole("link", { name: "Plan" }).click();
    // The configuration is looked at once a minute.
    const link = page.getByRole("link", { name: "Download the changes" });
    await link.waitFor({ timeout: 90_000 });
    const [shown = ""] = await page.locator("pre.diff").allInnerTexts();
    const download = page.waitForEvent("download");
    await link.click();
    const path = await (await download).path();
    const lines = readFileSync(path, "utf8").split("\n");
    const changed = lines.filter((line) => /^[-+](?![-+])/.test(line));
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.every((line) => line.includes("scan_interval"))).toBe(true);
    expect(shown).toContain(changed[0]);
    // It fits the files as they are.
    const folder = bench.environment["HASS_CONFIG"] as string;
    expect(spawnSync("git", ["apply", "--check", "-p1", path], { cwd: folder, encoding: "utf8" })).toMatchObject({
      status: 0,
      stderr: "",
    });
    expect(complaints).toEqual([]);
    await picture(page, "plan-of-a-real-home");
    await context.close();
  });

  it("come back with their values after the broker was away", async () => {
    await bench.stopBroker();
    await expect.poll(() => bench.state(`sensor.${site}_storage_size`), { timeout: 30_000 }).toBe("unavailable");
    bench.startBroker();
    await expect
      .poll(() => bench.state(`sensor.${site}_storage_size`), { timeout: 90_000, interval: 500 })
      .toMatch(/^\d/);
    expect(await bench.state(`number.${site}_bus_budget`)).toBe("35");
  });

  it("are unavailable the moment the daemon dies, and the budget outlives it", async () => {
    await daemon.kill("SIGKILL");
    await expect.poll(() => bench.state(`sensor.${site}_connection`), { timeout: 5_000 }).toBe("unavailable");
    daemon = startDaemon({ CADENCE_LANGUAGE: "de" });
    await expect.poll(() => bench.state(`number.${site}_bus_budget`), { timeout: 60_000 }).toBe("35");
    await expect.poll(() => bench.name(`sensor.${site}_storage_free`), { timeout: 20_000 }).toMatch(/Freier Platz$/);
  });

  it("are there without a broker of our own as well, with their buttons", async () => {
    await daemon.kill("SIGINT");
    const { MQTT_URL: _broker, ...without } = bench.environment;
    daemon = new Daemon(["run", "--store", folder.at("store")], {
      environment: { ...without, CADENCE_PANEL_PORT: "0", CADENCE_PUBLISH_INTERVAL: "5" },
    });
    await expect.poll(() => bench.state(`sensor.${site}_connection`), { timeout: 60_000 }).toBe("live");
    await bench.api("services/number/set_value", { entity_id: `number.${site}_bus_budget`, value: 40 });
    await expect.poll(() => bench.state(`number.${site}_bus_budget`), { timeout: 10_000 }).toBe("40");
  });

  it("leave no warning in Home Assistant's log", () => {
    const complaints = bench.log
      .split("\n")
      .filter((line) => / (WARNING|ERROR) /.test(line) && /cadence|mqtt|lovelace|template/i.test(line))
      // The broker was away because the test took it away.
      .filter((line) => !/mqtt\.client\].*(onnection|onnect)/.test(line));
    expect(complaints).toEqual([]);
  });
});
