/** Makes the panel's pictures of the README and docs/panel.md, from recorded content: `npm run pictures`. */
import { join } from "node:path";
import { openBrowser } from "./home-assistant/browser.ts";
import { readRecordedPanel, servePanel } from "./support/recorded-panel.ts";

const pictures = join(import.meta.dirname, "..", "docs", "pictures");
const shots = [
  { name: "panel-overview", query: "", colorScheme: "light", width: 1_280, height: 800 },
  { name: "panel-plan", query: "?page=plan", colorScheme: "light", width: 1_280, height: 760 },
  { name: "panel-entity", query: "?page=entity&id=sensor.meter_power", colorScheme: "dark", width: 1_280, height: 980 },
  { name: "panel-phone", query: "?page=entities", colorScheme: "dark", width: 360, height: 740 },
] as const;

const recorded = readRecordedPanel();
await using world = await servePanel(recorded);
const browser = await openBrowser();
for (const { name, query, colorScheme, width, height } of shots) {
  const context = await browser.newContext({
    colorScheme,
    locale: "en-GB",
    timezoneId: "UTC",
    viewport: { width, height },
  });
  const page = await context.newPage();
  await page.clock.setFixedTime(recorded.overview.at);
  await page.goto(`${world.address}${query}`);
  await page.locator("main .card:not(.skeleton)").first().waitFor();
  await page.waitForTimeout(1_000);
  await page.screenshot({ path: join(pictures, `${name}.png`) });
  await context.close();
}
await browser.close();
