import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { differenceFromKept } from "../support/kept-picture.ts";
import { type PanelWorld, readRecordedPanel, servePanel } from "../support/recorded-panel.ts";
import { axeOn, crampedOn, englishOn, openBrowser } from "./browser.ts";

const recorded = readRecordedPanel();
const widths = { phone: 360, desktop: 1_280 };
const pages = {
  overview: "",
  plan: "?page=plan",
  looked: "?page=plan&share=0.2",
  entities: "?page=entities",
  entity: "?page=entity&id=sensor.meter_power",
  related: "?page=related",
  history: "?page=history",
  storage: "?page=storage",
};

describe("every page over the same content", () => {
  let browser: Browser;
  let world: PanelWorld;

  beforeAll(async () => {
    browser = await openBrowser();
    world = await servePanel(recorded);
  });
  afterAll(async () => {
    await browser.close();
    await world[Symbol.asyncDispose]();
  });

  const complaintsOf = new WeakMap<Page, readonly string[]>();

  async function open(address: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({
      locale: "en-GB",
      timezoneId: "UTC",
      reducedMotion: "reduce",
      ...options,
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
    page.on("pageerror", (error) => void complaints.push(String(error)));
    complaintsOf.set(page, complaints);
    await page.clock.setFixedTime(recorded.overview.at);
    await page.goto(address);
    await page.locator("main .card:not(.skeleton)").first().waitFor();
    return page;
  }

  // Waiting for browsers is most of it.
  /** Everything that was asked for has come and is drawn. */
  async function settled(page: Page): Promise<void> {
    // By the browser's own hand each time: the page's policy lets nobody evaluate texts in it.
    const isSettled = (): Promise<boolean> =>
      page.evaluate<boolean>(`
        !/(Reading|Looking|Asking|Working out|Loading)[^…]*…/.test(document.querySelector("main").innerText) &&
        [...document.querySelectorAll(".spark")].every((each) => each.firstChild !== null) &&
        [...document.querySelectorAll(".plot")].every((each) => each.querySelector("canvas") !== null)`);
    const deadline = performance.now() + 20_000;
    while (!(await isSettled())) {
      if (performance.now() > deadline) throw new Error(`${page.url()} never came to rest.`);
      await page.waitForTimeout(100);
    }
    await page.waitForTimeout(300);
  }

  it.concurrent.each(
    Object.entries(pages).flatMap(([name, query]) =>
      (["light", "dark"] as const).flatMap((colorScheme) =>
        Object.entries(widths).map(([device, width]) => ({ name, query, colorScheme, device, width })),
      ),
    ),
  )(
    "$name looks as it was kept, complains of nothing and is usable without eyes, in $colorScheme on a $device",
    async ({ name, query, colorScheme, device, width }) => {
      const page = await open(`${world.address}${query}`, {
        colorScheme,
        viewport: { width, height: 1_500 },
        deviceScaleFactor: 0.5,
      });
      await settled(page);
      const png = await page.screenshot({ animations: "disabled" });
      expect(differenceFromKept(`${name}-${colorScheme}-${device}`, png)).toBeUndefined();
      // What axe looks at is the same in either width, but for what a phone leaves out.
      if ((colorScheme === "dark") === (device === "phone")) expect((await axeOn(page)).violations).toEqual([]);
      const { content, room, colour } = await page.locator("html").evaluate((html) => ({
        content: html.scrollWidth,
        room: html.clientWidth,
        colour: html.computedStyleMap().get("background-color")?.toString(),
      }));
      expect(content).toBeLessThanOrEqual(room);
      expect(colour).toBe(colorScheme === "dark" ? "rgb(17, 17, 17)" : "rgb(250, 250, 250)");
      expect(await crampedOn(page)).toEqual([]);
      // Every tab can be reached with a thumb.
      for (const tab of await page.locator(".tab").all()) {
        const box = await tab.boundingBox();
        expect((box?.x ?? Number.NaN) + (box?.width ?? Number.NaN)).toBeLessThanOrEqual(width);
      }
      expect(complaintsOf.get(page)).toEqual([]);
      await page.context().close();
    },
  );

  it.each(Object.entries(pages))("speaks German on %s, and has room for it at every width", async (_, query) => {
    for (const width of [widths.phone, 800, 1_024, widths.desktop]) {
      const page = await open(`${world.address}${query}`, { locale: "de-DE", viewport: { width, height: 900 } });
      await settled(page);
      expect([width, await englishOn(page)]).toEqual([width, []]);
      expect([width, await crampedOn(page)]).toEqual([width, []]);
      await page.context().close();
    }
  });

  it("says in German what is wrong, and what is not there", async () => {
    const { overview } = recorded;
    const { connection, storage } = overview;
    const lost =
      "The connection to Home Assistant was lost. It is tried again by itself; what was missed is fetched from history.";
    const full = "The disk is full: chunk-00000007. Make room; writing resumes by itself.";
    const broker = "The MQTT broker cannot be reached: nothing listens there.";
    const states: readonly Partial<typeof overview>[] = [
      { connection: { ...connection, state: "disconnected", cause: lost, nextTryAt: overview.at + 5_000 } },
      { storage: { ...storage, status: "full", cause: full }, publishing: { cause: broker } },
      { storage: { ...storage, status: "damaged", damagedFrames: 3, verified: { at: overview.at, ok: false } } },
      { entities: [], buses: [] },
    ];
    for (const state of states) {
      await using own = await servePanel({ ...recorded, overview: { ...overview, ...state } });
      for (const query of Object.values(pages)) {
        const page = await open(`${own.address}${query}`, { locale: "de-DE" });
        await settled(page);
        expect([query, await englishOn(page)]).toEqual([query, []]);
        expect(complaintsOf.get(page)).toEqual([]);
        await page.context().close();
      }
    }
  });

  it("is found wanting where something is wrong", async () => {
    const page = await open(world.address);
    await page.evaluate(`document.body.insertAdjacentHTML("beforeend", '<img src="data:,"><button></button>')`);
    expect((await axeOn(page)).violations.join("\n")).toContain("button-name");
    await page.evaluate(
      `document.body.insertAdjacentHTML("beforeend", "<svg><text y='20'>one</text><text x='5' y='22'>two</text></svg>")`,
    );
    expect(await crampedOn(page)).toEqual(["one stands on two"]);
    await page.context().close();
  });

  it("loads in less than 150 kB, and the plot's library only where a plot is", async () => {
    for (const name of ["overview", "plan", "entity"] as const) {
      const query = pages[name];
      const context = await browser.newContext();
      const page = await context.newPage();
      const paths = new Set<string>();
      page.on("response", (response) => void paths.add(new URL(response.url()).pathname));
      await page.goto(`${world.address}${query}`);
      await page.locator("main .card:not(.skeleton)").first().waitFor();
      await page.waitForLoadState("networkidle");
      const files = await Promise.all(
        [...paths].map(async (path) => {
          const answer = await fetch(new URL(path, world.address), { headers: { "accept-encoding": "gzip" } });
          await answer.body?.cancel();
          return { path, bytes: Number(answer.headers.get("content-length") ?? 0) };
        }),
      );
      const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
      expect([name, paths.has("/uplot.js")]).toEqual([name, name === "entity"]);
      expect([name, total > 0 && total < 150_000, total]).toEqual([name, true, total]);
      await context.close();
    }
  });

  it("asks once before it restores, and names the act", async () => {
    const shown = {
      ...recorded,
      storage: {
        ...recorded.storage,
        backups: [{ name: "2026-11-21T06-05-00Z", time: recorded.overview.at - 3_600_000 }],
      },
    };
    await using own = await servePanel(shown);
    const page = await open(`${own.address}?page=storage`);
    await page.getByRole("button", { name: "Restore" }).click();
    await page.getByRole("button", { name: "Leave it" }).click();
    await page.getByRole("button", { name: "Restore" }).click();
    await page.keyboard.press("Escape");
    expect(own.done).toEqual([]);
    await page.getByRole("button", { name: "Restore" }).click();
    expect(await page.getByRole("dialog").innerText()).toContain("The present store is kept as a backup");
    await page.getByRole("button", { name: "Restore this backup" }).click();
    await expect.poll(() => own.done).toEqual(["restore 2026-11-21T06-05-00Z"]);
    await page.context().close();
  });

  it("verifies with progress and may be stopped, and makes a backup", async () => {
    await using own = await servePanel(recorded);
    const page = await open(`${own.address}?page=storage`);
    await page.getByRole("button", { name: "Verify now" }).click();
    await expect.poll(() => own.done).toEqual(["verify"]);
    const { storage } = recorded.overview;
    own.show({ ...recorded.overview, storage: { ...storage, activity: "verifying", verifying: { done: 3, of: 12 } } });
    await page.getByText("3 of 12 chunks").waitFor();
    expect(await page.getByRole("progressbar").getAttribute("value")).toBe("0.25");
    await page.getByRole("button", { name: "Stop the check" }).click();
    await page.getByRole("button", { name: "Back up now" }).click();
    await expect.poll(() => own.done).toEqual(["verify", "stop verifying", "backup"]);
    await page.context().close();
  });

  it("looks at another budget by the slider, and sets it when asked", async () => {
    await using own = await servePanel(recorded);
    const page = await open(`${own.address}?page=plan`);
    await page.getByRole("slider", { name: "Your budget" }).fill("0.2");
    await page.getByText("of the line the plan takes").waitFor();
    expect(new URL(page.url()).searchParams.get("share")).toBe("0.2");
    await page.getByRole("button", { name: "Set the budget to 20" }).click();
    await expect.poll(() => own.done).toEqual(["budget 0.2"]);
    await page.context().close();
  });

  it("zooms a plot by dragging and keys, and goes back", async () => {
    const page = await open(`${world.address}?page=entity&id=sensor.meter_power`);
    const plot = page.locator(".plot .u-over");
    await plot.waitFor();
    const box = await plot.boundingBox();
    if (box === null) throw new Error("The plot has no room.");
    await page.mouse.move(box.x + box.width / 4, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + 50, { steps: 4 });
    await page.mouse.up();
    const range = (): number => {
      const { searchParams } = new URL(page.url());
      return Number(searchParams.get("to")) - Number(searchParams.get("from"));
    };
    await expect.poll(() => range() / 3_600_000).toBeCloseTo(6, 0);
    await page.locator(".plot").focus();
    await page.keyboard.press("-");
    await expect.poll(() => range() / 3_600_000).toBeCloseTo(12, 0);
    await page.keyboard.press("0");
    await expect.poll(() => new URL(page.url()).searchParams.has("from")).toBe(false);
    await page.keyboard.press("t");
    await page.getByRole("region", { name: "Values as a table" }).waitFor();
    await page.context().close();
  });

  it("is used without a mouse: arrows move in pictures and tables, Enter opens, Escape takes back", async () => {
    const page = await open(`${world.address}?page=related`);
    const asked = (name: string): string | null => new URL(page.url()).searchParams.get(name);
    const focused = (): Promise<string | null> => page.locator(":focus").getAttribute("aria-label");
    const cells = page.locator(".heat [role=button]");
    await cells.first().waitFor();
    // One stop of the tab key for the whole picture.
    expect(await page.locator(".heat [tabindex='0']").count()).toBe(1);
    await page.locator(".heat [tabindex='0']").focus();
    const first = await focused();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    const second = await focused();
    expect([first, second]).not.toContain(null);
    expect(second).not.toBe(first);
    await page.keyboard.press("Enter");
    const [a = "", b = ""] = (asked("pair") ?? "").split(" ");
    const nameOf = (id: string): string =>
      recorded.overview.entities.find(({ entity: { entityId } }) => entityId === id)?.entity.name ?? id;
    expect(second).toContain(`${nameOf(a)} and ${nameOf(b)}: `);
    expect(await focused()).toBe(second);
    await page.keyboard.press("Escape");
    expect(asked("pair")).toBeNull();

    await page.goto(`${world.address}?page=storage`);
    const bars = page.locator(".chart [role=button]");
    await bars.first().waitFor();
    await page.locator(".chart [role=button][tabindex='0']").focus();
    await page.keyboard.press("Enter");
    expect(await focused()).toContain(`${asked("chunk")}: `);
    await page.keyboard.press("Escape");
    expect(asked("chunk")).toBeNull();

    await page.goto(`${world.address}?page=entities`);
    const links = page.locator("tbody .entity-link");
    await links.nth(3).waitFor();
    await links.first().focus();
    await page.keyboard.press("ArrowDown");
    expect(await page.locator(":focus").innerText()).toBe(await links.nth(1).innerText());
    await page.keyboard.press("Enter");
    await page.locator(".plot .u-over").waitFor();
    expect(complaintsOf.get(page)).toEqual([]);
    await page.context().close();
  });

  it("draws an entity also where the address names others that are gone, or itself", async () => {
    const other = recorded.overview.entities.find(({ entity }) => entity.entityId !== "sensor.meter_power")?.entity;
    const named = `sensor.gone,sensor.meter_power,${other?.entityId}`;
    const page = await open(`${world.address}?page=entity&id=sensor.meter_power&with=${named}`);
    await page.locator(".plot .u-over").waitFor();
    expect(await page.getByRole("link", { name: "remove" }).count()).toBe(1);
    await page.context().close();
  });

  it("shows all sites where many share a server, and says who is away", async () => {
    const { at } = recorded.overview;
    const health = {
      version: "1.2.3",
      connection: "live",
      storage: "ok",
      samples: 5,
      buses: [
        {
          name: "heat pump",
          utilisation: 1.2,
          utilisationAfter: 0.3,
          budget: 0.5,
          entities: 9,
          missing: 0,
          isKnown: true,
        },
      ],
    };
    const sites = [
      {
        site: "Mill Lane",
        isOwn: true,
        shippedUntil: at - 60_000,
        toldAt: at - 30_000,
        health,
        samples: 5e6,
        entities: 90,
      },
      {
        site: "Far away",
        isOwn: false,
        toldAt: at - 86_400_000,
        health: { ...health, buses: [] },
        samples: 7,
        entities: 1,
      },
    ];
    await using own = await servePanel(recorded, { fleet: { sites } });
    for (const locale of ["en-GB", "de-DE"]) {
      const page = await open(own.address, { locale });
      await page.getByRole("link", { name: locale === "en-GB" ? "Sites" : "Standorte" }).click();
      const main = (): Promise<string> => page.locator("main").innerText();
      await expect
        .poll(main)
        .toContain(locale === "en-GB" ? "2 sites: 1 away, 1 with a bus over" : "2 Standorte: 1 fort, 1 mit");
      expect(await main()).toContain("120");
      expect((await axeOn(page)).violations).toEqual([]);
      await page.context().close();
    }
  });

  it("draws few of 2,000 entities, and reaches the last of them", async () => {
    await using own = await servePanel(recorded, { entities: 2_000 });
    const page = await open(`${own.address}?page=entities`, { viewport: { width: 1_280, height: 900 } });
    await expect.poll(() => page.locator("tbody tr").count()).toBeGreaterThan(10);
    expect(await page.locator("tbody tr").count()).toBeLessThan(80);
    const rows = page.locator("tbody tr:not(.spacer, .group)");
    const groups = recorded.overview.buses.length;
    const listHeight = (): Promise<number> =>
      page.locator("tbody").evaluate((body) => Math.round(body.getBoundingClientRect().height));
    // As high as all its rows, before they were ever drawn and at the end.
    expect(await listHeight()).toBeGreaterThanOrEqual(2_000 * 56 + groups * 40);
    expect(await listHeight()).toBeLessThan(2_001 * 56 + groups * 40);
    const first = await rows.first().getAttribute("data-key");
    await page.evaluate("scrollTo(0, 1e9)");
    await expect.poll(() => page.locator("tr.spacer").getAttribute("data-key")).toBe("above");
    expect(await rows.first().getAttribute("data-key")).not.toBe(first);
    await expect
      .poll(() => rows.last().evaluate((row) => Math.round(row.getBoundingClientRect().bottom)))
      .toBeLessThan(900);
    expect(await listHeight()).toBeLessThan(2_001 * 56 + groups * 40);
    expect(await page.locator("tbody tr").count()).toBeLessThan(80);
    // Rows keep the height that the others are reckoned with.
    const heights = await page
      .locator("tbody tr:not(.spacer, .group)")
      .evaluateAll((rows) => [...new Set(rows.map((row) => Math.round(row.getBoundingClientRect().height)))]);
    expect(heights).toEqual([56]);
    // The plan shows the first of its changes, and where the others are.
    await page.goto(`${own.address}?page=plan`);
    await expect.poll(() => page.locator("main tbody tr").count()).toBeGreaterThan(100);
    expect(await page.locator("main tbody tr").count()).toBeLessThan(300);
    await page.getByRole("link", { name: "All of them, one by one" }).click();
    await expect.poll(() => page.url()).toContain("only=advice");
    await page.context().close();
  });

  it("keeps the focus while the keyboard walks down 2,000 entities", async () => {
    await using own = await servePanel(recorded, { entities: 2_000 });
    const page = await open(`${own.address}?page=entities`, { viewport: { width: 1_280, height: 900 } });
    await page.locator("tbody .entity-link").first().focus();
    const row = page.locator("tr:has(:focus)");
    const seen = new Set<string | null>();
    for (let step = 0; step < 60; step += 1) {
      await page.keyboard.press("ArrowDown");
      // The page scrolls with the focus, and is drawn anew.
      await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))");
      seen.add(await row.getAttribute("data-key"));
    }
    expect(seen.size).toBe(60);
    expect(Number(await page.evaluate("scrollY"))).toBeGreaterThan(1_000);
    await page.context().close();
  });

  it("draws lists anew without taking out what stays, in whatever order it stands", async () => {
    const page = await open(world.address);
    // By the browser's own hand: the page's policy lets nobody evaluate texts in it.
    const faults = await page.evaluate<string[]>(`(async () => {
      const { h, show } = await import("./dom.js");
      let state = 20_261_123;
      const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
      const list = h("div", {});
      document.body.append(list);
      const faults = [];
      for (let round = 0; round < 2_000; round += 1) {
        const keys = ["a", "b", "c", "d", "e", "f", undefined, undefined, undefined].filter(() => random() < 0.6);
        keys.sort(() => random() - 0.5);
        if (random() < 0.05) keys.push(...keys);
        const wanted = keys.map((key) =>
          random() < 0.1 ? h("p", { "data-key": key }, "t" + round) : h("button", { "data-key": key }, "t" + round));
        const identity = (each) => each.tagName + each.dataset.key;
        // Of two with the same key either may stay.
        const isAlone = (each) => each.dataset.key !== undefined &&
          [...list.querySelectorAll("[data-key=" + each.dataset.key + "]")].length === 1;
        const before = new Map([...list.children].filter(isAlone).map((each) => [identity(each), each]));
        const expected = wanted.map((each) => each.outerHTML).join("");
        const focused = [...list.querySelectorAll("button[data-key]")][0];
        focused?.focus();
        const stays = wanted.find((each) => each.dataset.key === focused?.dataset.key)?.tagName === "BUTTON";
        show(list, wanted);
        if (list.innerHTML !== expected) faults.push(round + ": " + list.innerHTML + " instead of " + expected);
        for (const each of [...list.children].filter(isAlone)) {
          const known = before.get(identity(each)) ?? each;
          if (known !== each) faults.push(round + ": " + each.dataset.key + " is another");
        }
        if (focused && stays && before.get(identity(focused)) === focused && list.moveBefore && document.activeElement !== focused)
          faults.push(round + ": the focus is lost");
      }
      list.remove();
      return faults;
    })()`);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it("stands in Home Assistant's frame: its colours, its menu, its language", async () => {
    const page = await open(world.address);
    // A page of the same origin that speaks as the frame of Home Assistant does.
    await page.route("**/frame", (route) =>
      route.fulfill({
        contentType: "text/html",
        body: `<!doctype html><html lang="de" style="--primary-background-color:#102030;--card-background-color:#1c2c3c;--primary-text-color:#fff;--secondary-text-color:#25384a;--primary-color:#37c8fd;--ha-card-border-radius:3px"><body><iframe src="./" width="380" height="700"></iframe></body></html>`,
      }),
    );
    await page.addInitScript(`
      globalThis.heard = [];
      if (parent === window) addEventListener("message", ({ data, source }) => {
        heard.push(data);
        if (data.type === "home-assistant/subscribe-properties")
          source.postMessage({ type: "home-assistant/properties", narrow: true, safeAreaInsets: { top: "0", bottom: "12" } }, location.origin);
      });
    `);
    await page.goto(`${world.address}frame`);
    const frame = page.frameLocator("iframe");
    await frame.locator("main .card:not(.skeleton)").first().waitFor();
    const tokens = (): Promise<string[]> =>
      frame.locator("html").evaluate((html) => {
        const { style } = html as unknown as { style: { getPropertyValue(name: string): string } };
        return ["--page", "--card", "--second-text", "--radius"].map((name) => style.getPropertyValue(name));
      });
    // The second text could not be read on that card, so ours stays.
    await expect.poll(tokens).toEqual(["#102030", "#1c2c3c", "", "3px"]);
    expect(await frame.locator("html").getAttribute("data-theme")).toBe("dark");
    expect(await frame.locator("html").getAttribute("lang")).toBe("de");
    await frame.getByRole("button", { name: "Menü von Home Assistant" }).click();
    const heard = (): Promise<unknown[]> => page.evaluate("heard");
    await expect
      .poll(heard)
      .toEqual([
        { type: "home-assistant/subscribe-properties", handleSafeArea: true },
        { type: "home-assistant/subscribe-properties", handleSafeArea: true, kioskMode: true },
        { type: "home-assistant/toggle-menu" },
      ]);
    await page.evaluate(`document.documentElement.style.setProperty("--primary-background-color", "#fafafa")`);
    await expect.poll(() => frame.locator("html").getAttribute("data-theme")).toBe("light");
    await page.context().close();
  });
});

it("packs what it sends", async () => {
  await using world = await servePanel(recorded);
  const answer = await fetch(`${world.address}api/overview`, { headers: { "accept-encoding": "gzip" } });
  expect(answer.headers.get("content-encoding")).toBe("gzip");
  expect(((await answer.json()) as { entities: unknown[] }).entities).toHaveLength(recorded.overview.entities.length);
});
