// Renders addon/icon.png and addon/logo.png from the drawings beside them, in a real browser: npm run pictures.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openBrowser } from "../test/home-assistant/browser.ts";

const addon = join(dirname(dirname(fileURLToPath(import.meta.url))), "addon");
const browser = await openBrowser();
for (const [name, width, height] of [["icon", 128, 128], ["logo", 250, 100]]) {
  const page = await browser.newPage({ viewport: { width, height } });
  await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${readFileSync(join(addon, `${name}.svg`), "utf8")}`);
  await page.screenshot({ path: join(addon, `${name}.png`), omitBackground: true });
  await page.close();
}
await browser.close();
