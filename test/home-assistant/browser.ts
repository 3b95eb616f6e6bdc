import { existsSync } from "node:fs";
import axe, { type AxeResults } from "axe-core";
import { type Browser, chromium as playwright, type Page } from "playwright-core";

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

/** What axe finds serious or worse on a page, each with where; everything it knows of WCAG 2.2 A and AA is looked at. */
export async function axeOn(page: Page): Promise<{ violations: string[] }> {
  // Evaluated by the browser's own hand: the page's policy allows no foreign script.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate((): Promise<AxeResults> =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(),
  );
  return {
    violations: violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, help, nodes }) => nodes.slice(0, 3).map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`)),
  };
}

/** English words that no German page has. */
const english =
  /\b(?:the|of|is|are|and|every|with|reads?|not|has|never|between|seen|values|since|about|more|now|then|each|from|were|than|this|by|to|it|be|for|or|when|set|your|there|nothing|lost)\b/;

/** Texts and labels of a German page that are English; names of entities and the diff are left out. */
export async function englishOn(page: Page): Promise<readonly string[]> {
  const said = await page.evaluate<readonly string[]>(`(() => {
    const left = document.body.cloneNode(true);
    for (const each of left.querySelectorAll("pre, script, .entity-link, nav.second, .one-line")) each.remove();
    const texts = document.createTreeWalker(left, NodeFilter.SHOW_TEXT);
    const said = [...left.querySelectorAll("[aria-label]")].map((each) => each.getAttribute("aria-label"));
    while (texts.nextNode()) said.push(texts.currentNode.data);
    return said;
  })()`);
  return said.filter((text) => english.test(text));
}

/** Texts that stand on one another, leave their box or the page, or make the page scroll sideways. */
export function crampedOn(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(`(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    const faults = scrollWidth > clientWidth ? ["the page scrolls sideways"] : [];
    for (const picture of document.querySelectorAll("svg:not(svg svg)")) {
      const texts = [...picture.querySelectorAll("text")]
        .map((each) => ({ said: each.textContent, box: each.getBoundingClientRect() }))
        .filter(({ box }) => box.width > 0);
      for (const [index, { said, box }] of texts.entries()) {
        if (box.left < -1 || box.right > clientWidth + 1) faults.push(said + " leaves the page");
        for (const other of texts.slice(index + 1)) {
          const width = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
          const height = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
          if (width > 2 && height > 4) faults.push(said + " stands on " + other.said);
        }
      }
    }
    // Some are cut on purpose, with an ellipsis.
    const cut = "svg, pre, .one-line, .two-lines, .hidden-text, .u-wrap";
    for (const each of document.querySelectorAll("main *, .tab")) {
      if (each.childElementCount > 0 && !each.matches(".tab") || each.closest(cut) !== null) continue;
      if (each.clientWidth > 0 && each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).display !== "inline")
        faults.push(each.textContent + " is wider than its box");
    }
    return faults;
  })()`);
}
