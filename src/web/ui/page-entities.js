import { choice } from "./choice.js";
import { h, verbatim } from "./dom.js";
import { entityLink } from "./entity-link.js";
import { count, interval, percent } from "./format.js";
import { differs } from "./page-overview.js";
import { spark } from "./sparks.js";
import { VirtualRows } from "./virtual-rows.js";

/** @import { PanelState } from "../overview-change.ts" */
/** @import { EntityRow } from "../entity-row.ts" */

/** Read later than it is set or than most of its bus would allow: the time between two reads is 1.2 times the one that it should be. */
const lateFrom = 1.2;
const missing = new Set(["unavailable", "unknown"]);

const filters = {
  all: { title: "All", keep: () => true },
  advice: { title: "Differs from the plan", keep: differs },
  late: { title: "Late", keep: isLate },
  silent: {
    title: "Silent",
    keep: (/** @type {EntityRow} */ { statistics }) => missing.has(statistics?.lastState ?? ""),
  },
  unread: { title: "No read seen", keep: (/** @type {EntityRow} */ { interval: seen }) => seen === undefined },
};

/** @param {EntityRow} overview */
function isLate({ interval: seen, configuredSeconds }) {
  return seen !== undefined && configuredSeconds !== undefined && seen.seconds > configuredSeconds * lateFrom;
}

/** Columns that can be sorted by; numbers largest first. */
const orders = {
  name: (/** @type {EntityRow} */ { entity }) => entity.name.toLowerCase(),
  kind: (/** @type {EntityRow} */ { statistics }) => statistics?.kind ?? "",
  set: (/** @type {EntityRow} */ { configuredSeconds }) => -(configuredSeconds ?? -1),
  really: (/** @type {EntityRow} */ { interval: seen }) => -(seen?.seconds ?? -1),
  advice: (/** @type {EntityRow} */ { advice }) => -(advice?.recommended ?? -1),
  share: (/** @type {EntityRow} */ { advice }) => -(advice?.share ?? -1),
};

/** @typedef {{ group: { id: string, name: string, members: readonly EntityRow[] } } | { overview: EntityRow }} Row */

/** @type {VirtualRows<Row>} */
const virtual = new VirtualRows();
/** The list as it was sorted last: scrolling sorts nothing. */
let sorted = { of: /** @type {unknown} */ (undefined), by: "", rows: /** @type {readonly Row[]} */ ([]), found: 0 };
/** @type {(() => void) | undefined} */
let redrawOnScroll;
let isDrawing = false;

addEventListener(
  "scroll",
  () => {
    if (redrawOnScroll === undefined || isDrawing || sorted.rows.length <= VirtualRows.drawnWhole) return;
    isDrawing = true;
    requestAnimationFrame(() => {
      isDrawing = false;
      redrawOnScroll?.();
    });
  },
  { passive: true },
);

/** Heights of the rows in pixels, as the style sheet has them. */
const heights = { group: 40, row: 56, phone: 80 };
const phone = matchMedia("(max-width: 599px)");

/** @param {HTMLElement} main */
export function afterEntitiesPage(main) {
  virtual.measure(main.querySelector("tbody"));
}

/**
 * @param {PanelState} state
 * @param {URLSearchParams} query q: search, only: filter, sort: column
 * @param {() => void} redraw
 */
export function entitiesPage(state, query, redraw) {
  redrawOnScroll = () => new URLSearchParams(location.search).get("page") === "entities" && redraw();
  const wanted = (query.get("q") ?? "").trim().toLowerCase();
  const only = query.get("only") ?? "all";
  const sort = query.get("sort") ?? "share";
  const by = `${wanted} ${only} ${sort}`;
  if (sorted.of !== state.entities || sorted.by !== by) {
    const { keep } = choice(filters, only, filters.all);
    const order = choice(orders, sort, orders.share);
    const found = state.entities
      .filter(keep)
      .filter(({ entity }) => `${entity.name} ${entity.entityId}`.toLowerCase().includes(wanted))
      .map((overview) => /** @type {const} */ ([order(overview), overview]))
      .toSorted(([a, x], [b, y]) => compare(a, b) || compare(x.entity.entityId, y.entity.entityId))
      .map(([, overview]) => overview);
    const rows = groups(state, found).flatMap((group) => [
      { group },
      ...group.members.map((overview) => ({ overview })),
    ]);
    sorted = { of: state.entities, by, rows, found: found.length };
  }
  const height = phone.matches ? heights.phone : heights.row;
  const { above, shown, below } = virtual.window(sorted.rows, (row) => ("group" in row ? heights.group : height));
  return [
    h("h1", { class: "hidden-text" }, "Entities"),
    h(
      "div",
      { class: "tools" },
      h("label", { class: "hidden-text", for: "search" }, "Search"),
      h("input", {
        id: "search",
        class: "search",
        type: "search",
        placeholder: `Search ${count(state.entities.length)} entities`,
        "data-action": "search",
        autocomplete: "off",
      }),
      Object.entries(filters).map(([name, { title, keep: keeps }]) =>
        h(
          "button",
          {
            class: "chip",
            type: "button",
            "data-action": "filter",
            "data-value": name,
            "aria-pressed": String(name === only),
          },
          `${title} · ${count(state.entities.filter(keeps).length)}`,
        ),
      ),
    ),
    h(
      "section",
      { class: "card table" },
      h(
        "table",
        { "aria-rowcount": sorted.rows.length },
        h("caption", { class: "hidden-text" }, "Entities with what is known of them, by bus"),
        h("thead", {}, headRow(sort)),
        h(
          "tbody",
          { class: "rows" },
          sorted.found === 0 && h("tr", {}, h("td", { colspan: columns, class: "second" }, emptyText(state, wanted))),
          above > 0 && spacer("above", above),
          shown.map((row) => ("group" in row ? groupRow(row.group) : entityRow(row.overview, redraw))),
          below > 0 && spacer("below", below),
        ),
      ),
    ),
  ];
}

const columns = 9;

/**
 * As high as the rows that are not drawn.
 * @param {"above" | "below"} key
 * @param {number} height in pixels
 */
function spacer(key, height) {
  return h(
    "tr",
    { class: "spacer", "data-key": key, "aria-hidden": "true" },
    h("td", { colspan: columns }, h("svg", { width: 1, height })),
  );
}

/**
 * @param {string | number} a
 * @param {string | number} b
 */
function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * @param {PanelState} state
 * @param {string} wanted
 */
function emptyText(state, wanted) {
  if (state.entities.length === 0)
    return "No Modbus entity was found yet. The option integrations says which integrations are looked at.";
  return wanted === "" ? "None." : `Nothing matches “${wanted}”.`;
}

/** @param {string} sort */
function headRow(sort) {
  const head = (/** @type {string} */ key, /** @type {string} */ title, /** @type {string} */ name = "") =>
    h(
      "th",
      {
        scope: "col",
        class: name,
        "aria-sort": sort === key ? (key === "name" || key === "kind" ? "ascending" : "descending") : undefined,
      },
      h("button", { type: "button", "data-action": "sort", "data-value": key }, title, sort === key ? " ▾" : ""),
    );
  return h(
    "tr",
    {},
    head("name", "Entity", "name-head"),
    h("th", { scope: "col", class: "number value-head" }, "Value"),
    h("th", { scope: "col", class: "wide-only spark-cell" }, "24 h"),
    head("kind", "Kind", "wide-only kind-cell"),
    head("set", "Set", "number wide-only"),
    head("really", "Really", "number wide-only"),
    head("advice", "Plan", "number"),
    head("share", "Of the line", "number wide-only"),
    h("th", { scope: "col", class: "why wide-only" }, "Why"),
  );
}

/**
 * @param {PanelState} state
 * @param {readonly EntityRow[]} shown
 */
function groups(state, shown) {
  const named = state.buses.map(({ bus }) => ({
    id: bus.id,
    name: bus.name,
    members: shown.filter(({ busId }) => busId === bus.id),
  }));
  return named.filter(({ members }) => members.length > 0);
}

/** @param {{ id: string, name: string, members: readonly EntityRow[] }} group */
function groupRow({ id, name, members }) {
  const changes = members.filter(differs).length;
  return h(
    "tr",
    { class: "group", "data-key": `group ${id}` },
    h(
      "th",
      { colspan: columns, scope: "rowgroup" },
      verbatim(name),
      h(
        "span",
        { class: "second" },
        " · ",
        changes === 0
          ? `${count(members.length)} entities, all fine`
          : `${count(members.length)} entities, ${count(changes)} to change`,
      ),
    ),
  );
}

/**
 * @param {EntityRow} overview
 * @param {() => void} redraw
 */
function entityRow(overview, redraw) {
  const { entity, statistics, interval: seen, advice, pattern, configuredSeconds } = overview;
  const reason = advice?.reason ?? "";
  // Of a constant the advice says the same.
  const does = pattern === undefined || pattern.kind === "constant" ? undefined : pattern.sentence;
  const late = isLate(overview);
  return h(
    "tr",
    { "data-key": entity.entityId },
    h(
      "td",
      { class: "name" },
      h("div", { class: "one-line" }, entityLink(entity)),
      h("div", { class: "second wide-only one-line" }, verbatim(entity.entityId)),
      h("div", { class: "second reason two-lines" }, reason),
    ),
    h(
      "td",
      { class: "number value-cell one-line" },
      verbatim(statistics === undefined ? "–" : statistics.lastState),
      entity.unit !== undefined && h("span", { class: "second" }, verbatim(`\u00a0${entity.unit}`)),
    ),
    h("td", { class: "wide-only spark-cell" }, spark(entity.entityId, redraw)),
    h("td", { class: "wide-only kind-cell" }, h("span", { class: "kind" }, statistics?.kind ?? "new")),
    h("td", { class: "number second wide-only" }, configuredSeconds === undefined ? "–" : interval(configuredSeconds)),
    h(
      "td",
      { class: `number wide-only ${late ? "warning" : ""} ${seen === undefined ? "in-words" : ""}` },
      late && "▲ ",
      seen === undefined ? "not known" : `${seen.origin === "changes" ? "≈ " : ""}${interval(seen.seconds)}`,
    ),
    h(
      "td",
      { class: `number ${advice !== undefined && differs({ advice, entity }) ? "plan" : "second"}` },
      adviceText(advice, seen),
    ),
    h("td", { class: "number second wide-only" }, advice?.share === undefined ? "–" : percent(advice.share)),
    h(
      "td",
      { class: "why second wide-only" },
      h("div", { class: "two-lines" }, reason, does !== undefined && [" ", h("span", { class: "does" }, does)]),
    ),
  );
}

/**
 * @param {EntityRow["advice"]} advice
 * @param {EntityRow["interval"]} seen
 */
function adviceText(advice, seen) {
  if (advice === undefined || advice.action === "wait") return seen === undefined ? "–" : "learning";
  return advice.action === "keep" ? "keep" : interval(advice.recommended);
}
