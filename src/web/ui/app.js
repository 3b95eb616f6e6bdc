import { follow } from "./connection.js";
import { h, show } from "./dom.js";
import { interval, number } from "./format.js";
import { icon } from "./icons.js";
import { entitiesPage } from "./page-entities.js";
import { overviewPage } from "./page-overview.js";
import { historyPage } from "./page-history.js";
import { planPage } from "./page-plan.js";
import { relatedPage } from "./page-related.js";
import { storagePage } from "./page-storage.js";

/** @import { PanelState } from "../overview-change.ts" */

const pages = /** @type {const} */ ({
  overview: { title: "Overview", page: overviewPage },
  plan: { title: "Plan", page: planPage },
  entities: { title: "Entities", page: entitiesPage },
  related: { title: "Related", page: relatedPage },
  history: { title: "History", page: historyPage },
  storage: { title: "Storage", page: storagePage },
});

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
  return /** @type {keyof typeof pages} */ (Object.hasOwn(pages, name) ? name : "overview");
};

function draw() {
  const name = pageName();
  document.title = `${pages[name].title} · Modbus Cadence`;
  show(bar, [
    h("span", { class: "product" }, "Modbus Cadence"),
    h(
      "nav",
      { class: "tabs", "aria-label": "Pages" },
      Object.entries(pages).map(([key, { title }]) =>
        h(
          "a",
          {
            class: "tab",
            href: `?page=${key}`,
            "data-action": "go",
            "aria-current": key === name ? "page" : undefined,
          },
          icon(/** @type {keyof typeof pages} */ (key)),
          title,
        ),
      ),
    ),
    h("span", { class: "live" }, h("span", { class: live ? "dot" : "dot off" }), liveText()),
  ]);
  show(notice, notices());
  if (state === undefined || document.hidden) return;
  main.classList.toggle("stale", !live);
  show(main, pages[name].page(state, query(), draw));
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
    main.focus();
    scrollTo(0, 0);
  } else if (action === "filter") set("only", value === "all" ? "" : value);
  else if (action === "sort") set("sort", value);
  else if (action === "pair") set("pair", value);
  else if (action === "retry") void fetch("api/connection/retry", { method: "POST" });
});

document.addEventListener("input", ({ target }) => {
  if (target instanceof HTMLInputElement && target.dataset["action"] === "search") set("q", target.value, true);
});

/** `/` searches, `g` and a letter go to a page, Escape clears. */
let afterG = false;
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLInputElement;
  if (event.key === "Escape" && typing) {
    event.target.value = "";
    set("q", "", true);
  }
  if (typing || event.metaKey || event.ctrlKey || event.altKey) return;
  const target = afterG
    ? { o: "overview", p: "plan", e: "entities", r: "related", h: "history", s: "storage" }[event.key]
    : undefined;
  afterG = event.key === "g";
  if (target !== undefined) go(`?page=${target}`);
  if (event.key === "/") {
    event.preventDefault();
    if (pageName() !== "entities") go("?page=entities");
    /** @type {HTMLInputElement | null} */ (document.querySelector("#search"))?.focus();
  }
});

addEventListener("popstate", draw);
document.addEventListener("visibilitychange", draw);
// Ages and waits move on by themselves.
setInterval(() => {
  if (!live) draw();
}, 1_000);

draw();
follow((newest, isLive) => {
  if (live && !isLive) lostAt = Date.now();
  state = newest;
  live = isLive;
  draw();
});
