import { existsSync } from "node:fs";
import { type Browser, chromium as playwright } from "playwright-core";

/** Where the distribution puts it. */
const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The machine's Chromium; undefined when there is none. */
export function chromium(): string | undefined {
  return places.find((path) => existsSync(path));
}

export async function openBrowser(): Promise<Browser> {
  const executablePath = chromium();
  if (executablePath === undefined) throw new Error("There is no Chromium: apt-get install chromium");
  // The sandbox needs rights that root in a container does not have; only our own panel is opened.
  return playwright.launch({ executablePath, args: ["--no-sandbox"] });
}
