import { h } from "./dom.js";
import { count, interval, percent } from "./format.js";
import { differs } from "./page-overview.js";

/** @import { PanelState } from "../overview-change.ts" */
/** @import { EntityOverview } from "#model/overview.ts" */

const filters = {
  all: { title: "All", keep: () => true },
  advice: { title: "Differs from the advice", keep: differs },
  unread: { title: "No read seen", keep: (/** @type {EntityOverview} */ { interval: seen }) => seen === undefined },
};

/** Columns that can be sorted by; numbers largest first. */
const orders = {
  name: (/** @type {EntityOverview} */ { entity }) => entity.name.toLowerCase(),
  kind: (/** @type {EntityOverview} */ { statistics }) => statistics?.kind ?? "",
  really: (/** @type {EntityOverview} */ { interval: seen }) => -(seen?.seconds ?? -1),
  advice: (/** @type {EntityOverview} */ { advice }) => -(advice?.recommended ?? -1),
  share: (/** @type {EntityOverview} */ { advice }) => -(advice?.share ?? -1),
};

/**
 * @param {PanelState} state
 * @param {URLSearchParams} query q: search, only: filter, sort: column
 */
export function entitiesPage(state, query) {
  const wanted = (query.get("q") ?? "").trim().toLowerCase();
  const only = query.get("only") ?? "all";
  const sort = query.get("sort") ?? "share";
  const keep = (filters[only] ?? filters.all).keep;
  const order = orders[sort] ?? orders.share;
  const shown = state.entities
    .filter(keep)
    .filter(({ entity }) => `${entity.name} ${entity.entityId}`.toLowerCase().includes(wanted))
    .toSorted((a, b) => compare(order(a), order(b)) || compare(a.entity.entityId, b.entity.entityId));
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
        {},
        h("caption", { class: "hidden-text" }, "Entities with what is known of them, by bus"),
        h("thead", {}, headRow(sort)),
        shown.length === 0
          ? h("tbody", {}, h("tr", {}, h("td", { colspan: 7, class: "second" }, emptyText(state, wanted))))
          : groups(state, shown).map(groupBody),
      ),
    ),
  ];
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
    head("name", "Entity"),
    h("th", { scope: "col", class: "number" }, "Value"),
    head("kind", "Kind", "wide-only"),
    head("really", "Really", "number wide-only"),
    head("advice", "Advice", "number"),
    head("share", "Of the line", "number wide-only"),
    h("th", { scope: "col", class: "why wide-only" }, "Why"),
  );
}

/**
 * @param {PanelState} state
 * @param {readonly EntityOverview[]} shown
 */
function groups(state, shown) {
  const named = state.buses.map(({ bus }) => ({
    id: bus.id,
    name: bus.name,
    members: shown.filter(({ busId }) => busId === bus.id),
  }));
  return named.filter(({ members }) => members.length > 0);
}

/** @param {{ id: string, name: string, members: readonly EntityOverview[] }} group */
function groupBody({ id, name, members }) {
  const changes = members.filter(differs).length;
  return h(
    "tbody",
    { "data-key": id },
    h(
      "tr",
      { class: "group" },
      h(
        "td",
        { colspan: 7 },
        name,
        h(
          "span",
          { class: "second" },
          ` · ${count(members.length)} entities, ${changes === 0 ? "all fine" : `${count(changes)} to change`}`,
        ),
      ),
    ),
    members.map(entityRow),
  );
}

/** @param {EntityOverview} overview */
function entityRow({ entity, statistics, interval: seen, advice, pattern }) {
  const value = statistics === undefined ? "–" : statistics.lastState;
  const reason = advice?.reason ?? "";
  // Of a constant the advice says the same.
  const does = pattern === undefined || pattern.kind === "constant" ? undefined : pattern.sentence;
  return h(
    "tr",
    { "data-key": entity.entityId },
    h(
      "td",
      { class: "name" },
      h("div", {}, entity.name),
      h("div", { class: "second wide-only" }, entity.entityId),
      h("div", { class: "second reason" }, reason),
    ),
    h(
      "td",
      { class: "number" },
      value,
      entity.unit !== undefined && h("span", { class: "second" }, `\u00a0${entity.unit}`),
    ),
    h("td", { class: "wide-only" }, h("span", { class: "kind" }, statistics?.kind ?? "new")),
    h(
      "td",
      { class: "number wide-only" },
      seen === undefined ? "not known" : `${seen.origin === "changes" ? "≈ " : ""}${interval(seen.seconds)}`,
    ),
    h(
      "td",
      { class: `number ${advice !== undefined && differs({ advice, entity }) ? "plan" : "second"}` },
      adviceText(advice, seen),
    ),
    h("td", { class: "number second wide-only" }, advice?.share === undefined ? "–" : percent(advice.share)),
    h("td", { class: "why second wide-only" }, reason, does !== undefined && h("div", { class: "does" }, does)),
  );
}

/**
 * @param {EntityOverview["advice"]} advice
 * @param {EntityOverview["interval"]} seen
 */
function adviceText(advice, seen) {
  if (advice === undefined || advice.action === "wait") return seen === undefined ? "–" : "learning";
  return advice.action === "keep" ? "keep" : interval(advice.recommended);
}
