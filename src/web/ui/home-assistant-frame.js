/** Home Assistant's tokens that ours follow, and the contrast that each needs on its card. */
const followed = /** @type {const} */ ({
  "--page": ["--primary-background-color", 0],
  "--card": ["--card-background-color", 0],
  "--text": ["--primary-text-color", 4.5],
  "--second-text": ["--secondary-text-color", 4.5],
  "--link": ["--primary-color", 4.5],
});
const answerWithin = 500;

/** @returns {Window | undefined} The window of Home Assistant, where the panel stands in its frame. */
function parentWindow() {
  try {
    return window.parent !== window && window.parent.document !== undefined ? window.parent : undefined;
  } catch {
    // Framed by a page of another origin: that is none of ours.
    return undefined;
  }
}

const home = parentWindow();

/**
 * Opens a page of Home Assistant; undefined where the panel stands alone.
 * @type {((path: string) => void) | undefined}
 */
export const navigateInHomeAssistant =
  home === undefined
    ? undefined
    : (path) => home.postMessage({ type: "home-assistant/navigate", path }, location.origin);

/** Opens and closes Home Assistant's side bar. */
export function toggleMenu() {
  home?.postMessage({ type: "home-assistant/toggle-menu" }, location.origin);
}

/** The language of the page around, else the browser's. */
export function languageAround() {
  const around = home?.document.documentElement.lang;
  return around === undefined || around === "" ? navigator.language : around;
}

/**
 * Follows what Home Assistant's frame says for as long as the page is open: whether it is narrow, and how much of the screen is not ours.
 * @param {(isNarrow: boolean) => void} tell
 */
export function followFrame(tell) {
  if (home === undefined) return;
  let answered = false;
  let isKiosk = false;
  const subscribe = (/** @type {boolean} */ kioskMode) =>
    home.postMessage(
      { type: "home-assistant/subscribe-properties", handleSafeArea: true, ...(kioskMode ? { kioskMode: true } : {}) },
      location.origin,
    );
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== home || origin !== location.origin || data?.type !== "home-assistant/properties") return;
    answered = true;
    const { narrow, safeAreaInsets } = data;
    for (const side of ["top", "right", "bottom", "left"]) {
      const room = Number.parseFloat(safeAreaInsets?.[side] ?? "0");
      document.documentElement.style.setProperty(`--safe-${side}`, `${Number.isFinite(room) ? room : 0}px`);
    }
    // Its own bar goes away on a phone; on a desktop that would turn its side bar into a drawer.
    if (narrow === true && !isKiosk) {
      isKiosk = true;
      subscribe(true);
    }
    tell(narrow === true);
  });
  addEventListener("pagehide", () =>
    home.postMessage({ type: "home-assistant/unsubscribe-properties" }, location.origin),
  );
  subscribe(false);
  setTimeout(() => {
    if (!answered) tell(false);
  }, answerWithin);
}

/**
 * Takes over the colours of Home Assistant's theme, and again whenever they change. One that could not be read is left out.
 * @param {() => void} changed
 */
export function followTheme(changed) {
  if (home === undefined) return;
  const root = home.document.documentElement;
  const own = document.documentElement;
  let before = "";
  const take = () => {
    const styles = home.getComputedStyle(root);
    const colours = Object.entries(followed).map(
      ([ours, [theirs, contrast]]) => /** @type {const} */ ([ours, toHex(styles.getPropertyValue(theirs)), contrast]),
    );
    const text = JSON.stringify(colours);
    if (text === before) return;
    before = text;
    const card = colours.find(([ours]) => ours === "--card")?.[1];
    const page = colours.find(([ours]) => ours === "--page")?.[1] ?? card;
    if (card === undefined || page === undefined) return;
    own.dataset["theme"] = luminance(page) < 0.2 ? "dark" : "light";
    for (const [ours, colour, contrast] of colours) {
      if (
        colour !== undefined &&
        contrastOf(colour, card) >= contrast &&
        (contrast === 0 || contrastOf(colour, page) >= contrast)
      )
        own.style.setProperty(ours, colour);
      else own.style.removeProperty(ours);
    }
    const font = styles.getPropertyValue("--ha-font-family-body").trim();
    if (font !== "") own.style.setProperty("--font", font);
    const radius = styles.getPropertyValue("--ha-card-border-radius").trim();
    if (/^\d+(\.\d+)?px$/.test(radius)) own.style.setProperty("--radius", radius);
    changed();
  };
  take();
  new MutationObserver(take).observe(root, { attributes: true, attributeFilter: ["style", "class"] });
}

/**
 * `#rrggbb` of any colour that the browser knows; undefined of what is none, or can be seen through.
 * @param {string} colour
 */
function toHex(colour) {
  const context = document.createElement("canvas").getContext("2d");
  if (context === null || colour.trim() === "" || !CSS.supports("color", colour.trim())) return undefined;
  context.fillStyle = colour.trim();
  return /^#[0-9a-f]{6}$/.test(context.fillStyle) ? context.fillStyle : undefined;
}

/**
 * WCAG 2.2, relative luminance.
 * @param {string} colour `#rrggbb`
 */
function luminance(colour) {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/**
 * @param {string} a
 * @param {string} b
 */
function contrastOf(a, b) {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}
