/**
 * How the panel feels in a real browser, over recorded content: `npm run bench -- panel [--entities N]`. Times are of this machine and this run; beside each stands what the same browser needs for an empty page or an empty
 * frame of its own.
 */
import { parseArgs } from "node:util";
import { plotSeries } from "../../src/app/plot-series.ts";
import { systemClock } from "../../src/core/clock.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { Repository } from "../../src/repository/repository.ts";
import { MemoryVolume, Storage } from "../../src/storage/index.ts";
import type { Browser, Page } from "playwright-core";
import { openBrowser } from "../../test/home-assistant/browser.ts";
import { readRecordedPanel, servePanel } from "../../test/support/recorded-panel.ts";

const loads = 7;
const day = 86_400_000;

export async function runPanelBench(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...argv], options: { entities: { type: "string", default: "2000" } } });
  const entities = Number(values.entities);
  await using world = await servePanel(readRecordedPanel(), { entities });
  const browser = await openBrowser();
  try {
    const rows: [string, string, string][] = [];
    const empty = median(await paints(browser, `${world.address}api/health`));
    for (const [name, query] of [
      ["overview", ""],
      ["entities", "?page=entities"],
      ["entity", "?page=entity&id=sensor.meter_power"],
      ["plan", "?page=plan"],
    ] as const) {
      const paint = median(await paints(browser, `${world.address}${query}`));
      rows.push([`first paint, ${name}`, `${paint.toFixed(0)} ms`, `an empty page ${empty.toFixed(0)} ms`]);
    }
    const page = await browser.newPage({ viewport: { width: 1_280, height: 900 } });
    await page.goto(`${world.address}?page=entities`);
    await page.locator("tbody tr").first().waitFor();
    const idle = await frames(page, "() => {}");
    const scrolled = await frames(page, "(frame) => scrollTo(0, frame * 300)");
    const reached = await page.evaluate<number>("scrollY");
    if (reached < Math.min(100 * 300, entities * 50))
      throw new Error(`The list stopped at ${reached} pixels: what was measured is no scrolling.`);
    rows.push([
      `frame while ${entities} rows scroll, median`,
      `${scrolled.median.toFixed(1)} ms`,
      `idle ${idle.median.toFixed(1)} ms`,
    ]);
    rows.push([`the longest of them`, `${scrolled.longest.toFixed(1)} ms`, `idle ${idle.longest.toFixed(1)} ms`]);
    const sort = await page.evaluate<number>(`(async () => {
      const begun = performance.now();
      document.querySelector("th.name-head button").click();
      return performance.now() - begun;
    })()`);
    rows.push([`${entities} rows sorted and drawn`, `${sort.toFixed(0)} ms`, ""]);
    await page.goto(`${world.address}?page=entity&id=sensor.meter_power`);
    await page.locator(".plot canvas").waitFor();
    await page.waitForTimeout(500);
    const panned = await frames(
      page,
      `(frame) => document.querySelector(".plot").dispatchEvent(new KeyboardEvent("keydown", { key: frame % 2 === 0 ? "ArrowLeft" : "ArrowRight" }))`,
    );
    rows.push([
      `frame while a plot is moved, median`,
      `${panned.median.toFixed(1)} ms`,
      `idle ${idle.median.toFixed(1)} ms`,
    ]);
    rows.push([`the longest of them`, `${panned.longest.toFixed(1)} ms`, `idle ${idle.longest.toFixed(1)} ms`]);
    rows.push(...(await yearOfOne()));
    const width = Math.max(...rows.map(([name]) => name.length));
    for (const [name, value, beside] of rows)
      process.stdout.write(`${name.padEnd(width)}  ${value.padStart(8)}  ${beside}\n`);
  } finally {
    await browser.close();
  }
}

async function paints(browser: Browser, url: string): Promise<number[]> {
  const found: number[] = [];
  for (let load = 0; load < loads; load += 1) {
    const context = await browser.newContext({ viewport: { width: 1_280, height: 900 } });
    const page = await context.newPage();
    await page.goto(url);
    await page.waitForTimeout(400);
    found.push(
      await page.evaluate<number>(`performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN`),
    );
    await context.close();
  }
  return found.filter((each) => !Number.isNaN(each));
}

/** Times from frame to frame while something is done in each. */
async function frames(page: Page, each: string): Promise<{ median: number; longest: number }> {
  const gaps = await page.evaluate<number[]>(`new Promise((resolve) => {
    const each = ${each};
    const gaps = [];
    let last = performance.now();
    const next = () => requestAnimationFrame(() => {
      const now = performance.now();
      gaps.push(now - last);
      last = now;
      each(gaps.length);
      if (gaps.length < 120) next(); else resolve(gaps.slice(5));
    });
    next();
  })`);
  return { median: median(gaps), longest: Math.max(...gaps) };
}

/** A year of an entity that changes every ten seconds, as the server thins it for a plot. */
async function yearOfOne(): Promise<[string, string, string][]> {
  const storage = await Storage.open({ at: new MemoryVolume(), clock: systemClock, logger: silentLogger });
  await using _closed = storage;
  const repository = await Repository.open(storage);
  const [count, step] = [(365 * day) / 10_000, 10_000];
  for (let begin = 0; begin < count; begin += 50_000) {
    await repository.samples.append(
      Array.from({ length: Math.min(50_000, count - begin) }, (_, index) => ({
        entityId: "sensor.a",
        time: (begin + index) * step,
        state: String(Math.round(200 + 100 * Math.sin((begin + index) / 900) + ((begin + index) % 7))),
      })),
    );
  }
  await storage.compact();
  const rows: [string, string, string][] = [];
  for (const days of [365, 30, 3, 1]) {
    const range = { from: (365 - days) * day, to: 365 * day, columns: 1_200 };
    const times: number[] = [];
    let points = 0;
    for (let run = 0; run < loads; run += 1) {
      const begun = performance.now();
      points = (await plotSeries(repository, "sensor.a", range, { times: [], looked: [] })).times.length;
      times.push(performance.now() - begun);
    }
    const stored = ((days * day) / step).toLocaleString("en");
    rows.push([
      `plot of ${days} days from the store, median`,
      `${median(times).toFixed(1)} ms`,
      `${points} of ${stored} values`,
    ]);
  }
  return rows;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
