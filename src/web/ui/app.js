import { act, confirmed, showKeys } from "./act.js";
import { followArrows } from "./arrows.js";
import { follow } from "./connection.js";
import { h, show } from "./dom.js";
import { interval, number } from "./format.js";
import { followFrame, followTheme, navigateInHomeAssistant, toggleMenu } from "./home-assistant-frame.js";
import { icon } from "./icons.js";
import { me } from "./me.js";
import { say } from "./words.js";

/** @import { PanelState } from "../overview-change.ts" */

/**
 * What a page is: its elements, made anew whenever something is different, and what is to be done when they stand.
 * @typedef {object} PageModule
 * @property {(state: PanelState, query: URLSearchParams, redraw: () => void) => (Node | undefined | false)[]} page
 * @property {(main: HTMLElement, onRange: (range: { from: number, to: number } | "back") => void) => void} [after]
 */

/** A page's code is asked for when it is opened. */
const pages = /** @type {const} */ ({
  overview: {
    title: "Overview",
    load: () => import("./page-overview.js").then((made) => ({ page: made.overviewPage })),
  },
  plan: { title: "Plan", load: () => import("./page-plan.js").then((made) => ({ page: made.planPage })) },
  entities: {
    title: "Entities",
    load: () =>
      import("./page-entities.js").then((made) => ({ page: made.entitiesPage, after: made.afterEntitiesPage })),
  },
  related: {
    title: "Related",
    load: () => import("./page-related.js").then((made) => ({ page: made.relatedPage, after: made.afterRelatedPage })),
  },
  history: { title: "History", load: () => import("./page-history.js").then((made) => ({ page: made.historyPage })) },
  storage: { title: "Storage", load: () => import("./page-storage.js").then((made) => ({ page: made.storagePage })) },
});
/** Pages without a tab of their own, and the tab that they belong to. */
const within = /** @type {const} */ ({
  entity: {
    title: "Entity",
    tab: "entities",
    load: () => import("./page-entity.js").then((made) => ({ page: made.entityPage, after: made.afterEntityPage })),
  },
});
/** Only where many sites share a server. */
const shared = /** @type {const} */ ({
  fleet: { title: "Sites", load: () => import("./page-fleet.js").then((made) => ({ page: made.fleetPage })) },
});
const allPages = { ...pages, ...within, ...shared };

const bar = /** @type {HTMLElement} */ (document.querySelector("#bar"));
const notice = /** @type {HTMLElement} */ (document.querySelector("#notice"));
const main = /** @type {HTMLElement} */ (document.querySelector("#page"));

/** @type {PanelState | undefined} */
let state;
let live = false;
let lostAt = 0;

const query = () => new URLSearchParams(location.search);
const pageName = () => {
  const name = query().get("page") ?? "overview";
  return /** @type {keyof typeof allPages} */ (Object.hasOwn(allPages, name) ? name : "overview");
};

/** @type {Map<string, PageModule>} */
const loaded = new Map();
let isNarrow = false;
let hasMenu = false;

/** @param {keyof typeof allPages} name */
async function load(name) {
  try {
    loaded.set(name, /** @type {PageModule} */ (await allPages[name].load()));
  } catch {
    // The daemon is away; the page says so, and it is tried again with the next look.
  }
  draw();
}

function draw() {
  me.ask(draw);
  const name = pageName();
  const tab = name === "entity" ? within.entity.tab : name;
  document.title = `${say(allPages[name].title)} · Modbus Cadence`;
  show(bar, [
    h(
      "span",
      { class: "product" },
      hasMenu &&
        isNarrow &&
        h(
          "button",
          { type: "button", class: "menu", "data-action": "menu", "aria-label": "Menu of Home Assistant" },
          "☰",
        ),
      isNarrow ? allPages[name].title : "Modbus Cadence",
    ),
    h(
      "nav",
      { class: "tabs", "aria-label": "Pages" },
      Object.entries(me.value?.hasFleet === true ? { ...pages, ...shared } : pages).map(([key, { title }]) =>
        h(
          "a",
          {
            class: "tab",
            href: `?page=${key}`,
            "data-action": "go",
            "aria-current": key === tab ? "page" : undefined,
          },
          icon(/** @type {keyof typeof pages | "fleet"} */ (key)),
          title,
        ),
      ),
    ),
    h("span", { class: "live" }, h("span", { class: live ? "dot" : "dot off" }), liveText()),
  ]);
  show(notice, notices());
  if (state === undefined || document.hidden) return;
  main.classList.toggle("stale", !live);
  const known = loaded.get(name);
  if (known === undefined) {
    if (!loading.has(name)) {
      loading.add(name);
      void load(name).finally(() => loading.delete(name));
    }
    return show(main, skeleton());
  }
  show(
    main,
    /** @type {Node[]} */ (known.page(state, query(), draw).filter((node) => node instanceof Node)),
  );
  known.after?.(main, onRange);
  const search = wantsSearch ? /** @type {HTMLInputElement | null} */ (document.querySelector("#search")) : null;
  if (search !== null) {
    wantsSearch = false;
    search.focus();
  }
}

/** Somebody pressed `/`; the page with the search may not stand yet. */
let wantsSearch = false;

/** @type {Set<string>} */
const loading = new Set();

/** Grey blocks where cards will be. */
function skeleton() {
  return ["", "half", "half"].map((size) => h("section", { class: `card skeleton ${size}`, "aria-busy": "true" }));
}

/** @param {{ from: number, to: number } | "back"} range Of a plot. */
function onRange(range) {
  const changed = query();
  for (const name of ["from", "to"]) changed.delete(name);
  if (range !== "back") {
    const from = Math.max(0, Math.round(range.from));
    changed.set("from", String(from));
    changed.set("to", String(Math.max(from + 1_000, Math.round(range.to))));
  }
  // Moving about within a plot is one step of the way back.
  go(`?${changed}`, query().has("from"));
}

function liveText() {
  if (state === undefined) return live ? "Live" : "Connecting";
  const rate = `${number(Number(state.ingest.ratePerSecond.toFixed(1)))} values/s`;
  return `${live ? (state.product.demo ? "Demo" : "Live") : "Offline"} · ${rate}`;
}

/** What is not as it should be, above every page. */
function notices() {
  if (!live && state !== undefined) {
    const age = interval(Math.max(1, (Date.now() - lostAt) / 1_000));
    return [strip("plain", "Connection to Cadence lost, trying again.", `The numbers below are ${age} old.`)];
  }
  if (state === undefined || state.connection.state === "live") return [];
  const { connection, at } = state;
  if (connection.state === "degraded")
    return [strip("plain", "Connected, but not everything works.", connection.cause ?? "")];
  if (connection.version === undefined && connection.cause === undefined) return [];
  const next =
    connection.nextTryAt === undefined
      ? ""
      : ` Next try in ${interval(Math.max(1, (connection.nextTryAt - at) / 1_000))}.`;
  const safe = "Data up to then are safe, and the gap will be filled from history.";
  return [
    strip(
      "",
      connection.cause ?? "Home Assistant is away.",
      `${safe}${next}`,
      h("button", { type: "button", "data-action": "retry" }, "Try now"),
    ),
  ];
}

/**
 * @param {string} look
 * @param {string} fact
 * @param {string} remedy
 * @param {...Element} actions
 */
function strip(look, fact, remedy, ...actions) {
  return h("div", { class: `strip ${look}` }, icon("warning"), h("div", {}, h("b", {}, fact), ` ${remedy}`), actions);
}

/**
 * Another page, filter or order: one entry of the browser's history, so that back and forward work.
 * @param {string} search
 * @param {boolean} [replace]
 */
function go(search, replace = false) {
  if (replace) history.replaceState(null, "", search);
  else history.pushState(null, "", search);
  draw();
}

/**
 * @param {string} name
 * @param {string} value
 * @param {boolean} [replace]
 */
function set(name, value, replace) {
  const changed = query();
  if (value === "") changed.delete(name);
  else changed.set(name, value);
  go(`?${changed}`, replace);
}

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target).closest("[data-action]");
  const value = target?.getAttribute("data-value") ?? "";
  const action = target?.getAttribute("data-action");
  if (action === "go") {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(/** @type {string} */ (target?.getAttribute("href")));
    main.focus({ preventScroll: true });
    scrollTo(0, 0);
  } else if (action === "filter") set("only", value === "all" ? "" : value);
  else if (action === "sort") set("sort", value);
  else if (action === "pair") set("pair", value);
  else if (action === "retry") void act("api/connection/retry");
  else if (action === "act") void act(value).then(draw);
  else if (action === "confirm") void askAndAct(/** @type {HTMLElement} */ (target).dataset);
  else if (action === "range") {
    const changed = query();
    for (const name of ["from", "to"]) changed.delete(name);
    changed.set("range", value);
    go(`?${changed}`);
  } else if (action === "table") set("table", query().get("table") === "1" ? "" : "1");
  else if (action === "chunk" || action === "span") set(action, value);
  else if (action === "menu") toggleMenu();
  else if (action === "history") navigateInHomeAssistant?.(`/history?entity_id=${encodeURIComponent(value)}`);
});

/** @param {DOMStringMap} data */
async function askAndAct({ value = "", title = "", text = "", button = "" }) {
  if (await confirmed({ title, text, button })) await act(value);
  draw();
}

/** The window of a plot over all that is stored follows the finger. */
document.addEventListener("pointerdown", (event) => {
  const target = /** @type {SVGElement | null} */ (
    /** @type {Element} */ (event.target).closest("[data-action=navigate]")
  );
  if (target === null) return;
  event.preventDefault();
  const move = (/** @type {PointerEvent} */ { clientX }) => {
    const { left, width } = target.getBoundingClientRect();
    const [from, to] = [Number(target.dataset["from"]), Number(target.dataset["to"])];
    const shownWindow = target.querySelector(".window")?.getBoundingClientRect().width ?? 0;
    const length = Math.max(60_000, (shownWindow / width) * (to - from));
    const middle = from + ((clientX - left) / width) * (to - from);
    onRange({ from: middle - length / 2, to: middle + length / 2 });
  };
  move(event);
  addEventListener("pointermove", move);
  addEventListener("pointerup", () => removeEventListener("pointermove", move), { once: true });
});

document.addEventListener("input", ({ target }) => {
  if (!(target instanceof HTMLInputElement)) return;
  if (target.dataset["action"] === "search") set("q", target.value, true);
  if (target.dataset["action"] === "share") set("share", target.value, true);
});

/** What Escape takes back on pages where something was chosen. */
const choices = ["pair", "chunk"];

/** `/` searches, `g` and a letter go to a page, arrows move within tables and pictures, Escape clears. */
let afterG = false;
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLInputElement;
  if (event.key === "Escape" && typing) {
    event.target.value = "";
    set("q", "", true);
  }
  if (document.querySelector("dialog[open]") !== null) return;
  if (typing || event.metaKey || event.ctrlKey || event.altKey) return;
  followArrows(event);
  const chosen = event.key === "Escape" ? choices.find((name) => query().has(name)) : undefined;
  if (chosen !== undefined) set(chosen, "");
  const target = afterG
    ? { o: "overview", p: "plan", e: "entities", r: "related", h: "history", s: "storage" }[event.key]
    : undefined;
  afterG = event.key === "g";
  if (target !== undefined) go(`?page=${target}`);
  if (event.key === "?") showKeys();
  if (event.key === "t" && pageName() === "entity") set("table", query().get("table") === "1" ? "" : "1");
  if (event.key === "/") {
    event.preventDefault();
    wantsSearch = true;
    if (pageName() === "entities") draw();
    else go("?page=entities");
  }
});

addEventListener("popstate", draw);
document.addEventListener("visibilitychange", draw);
// Ages and waits move on by themselves.
setInterval(() => {
  if (!live) draw();
}, 1_000);

followTheme(draw);
followFrame((narrow) => {
  isNarrow = narrow;
  hasMenu = true;
  draw();
});
void load(pageName());
// The other pages are a few kilobytes each: fetched when there is nothing else to do, they open at once.
setTimeout(() => {
  for (const { load: fetchPage } of Object.values(allPages)) void fetchPage().catch(() => undefined);
}, 2_000);
follow((newest, isLive) => {
  if (live && !isLive) lostAt = Date.now();
  state = newest;
  live = isLive;
  draw();
});
