import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const css = readFileSync(join(import.meta.dirname, "..", "..", "src", "web", "ui", "style.css"), "utf8");

/** Each token by name, in light and in dark. */
const pairs = [...css.matchAll(/--([a-z0-9-]+):\s*light-dark\((#[0-9a-f]{6,8}),\s*(#[0-9a-f]{6,8})\)/gi)];
const themes = {
  light: new Map(pairs.map(([, name, light]) => [name as string, light as string])),
  dark: new Map(pairs.map(([, name, , dark]) => [name as string, dark as string])),
};

/** Relative luminance and contrast: WCAG 2.2, 1.4.3. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.040_45 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [lighter = 0, darker = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (lighter + 0.05) / (darker + 0.05);
}

const texts: readonly (readonly [text: string, behind: string])[] = [
  ...["text", "second-text", "link", "good", "warning", "bad", "plan"].flatMap((text) => [
    [text, "card"] as const,
    [text, "page"] as const,
  ]),
  ["on-link", "link"],
  ["link", "chip"],
  ["text", "chip"],
  ["good", "good-tint"],
  ["warning", "warning-tint"],
  ["bad", "bad-tint"],
  ["text", "warning-tint"],
];

describe.each(["light", "dark"] as const)("in %s", (theme) => {
  it.each(texts)("%s on %s can be read: a contrast of 4.5 at least", (text, behind) => {
    const [a, b] = [themes[theme].get(text), themes[theme].get(behind)];
    expect(a, text).toBeDefined();
    expect(b, behind).toBeDefined();
    expect(contrast(a as string, b as string)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(["now", "plan", "underline", "series-2", "series-3", "series-4"])(
    "%s can be seen on a card: a contrast of 3 at least",
    (mark) => {
      expect(contrast(themes[theme].get(mark) as string, themes[theme].get("card") as string)).toBeGreaterThanOrEqual(
        3,
      );
    },
  );
});

it("no colour is named outside the tokens", () => {
  const rest = css.replaceAll(/:root\s*\{[^}]*\}/g, "");
  expect(rest.match(/#[0-9a-f]{3,8}\b(?![^{]*\{)|rgba?\(|hsla?\(/gi)).toBeNull();
});
