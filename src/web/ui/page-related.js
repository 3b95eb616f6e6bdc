import { h, verbatim } from "./dom.js";
import { Fetched } from "./fetched.js";
import { count, interval, number } from "./format.js";
import { verdictCard } from "./verdict-card.js";

/** @import { PanelState } from "../overview-change.ts" */
/** @import { Related } from "#model/related.ts" */

/** Signals are compared once an hour. */
/** @type {Fetched<Related>} */
const related = new Fetched("api/related", 60_000);
const cell = 14;
const names = 190;
/** Weaker cells are left empty. */
const weakest = 0.2;
const mostShown = 80;

/** The heat map as it was drawn last: thousands of cells are not made anew each second, and the focus stays on one. */
let drawn = { of: /** @type {Related | undefined} */ (undefined), map: /** @type {Element | undefined} */ (undefined) };

/**
 * @param {PanelState} state
 * @param {URLSearchParams} query pair: two entity ids
 * @param {() => void} redraw
 */
export function relatedPage(state, query, redraw) {
  related.ask(redraw);
  const found = related.value;
  if (found === undefined || found.at === 0) {
    const sentence = related.failed
      ? "What belongs together could not be fetched. It is tried again."
      : "Learning: signals are compared once an hour, the first time two minutes after the start.";
    return [verdictCard({ mood: related.failed ? "warning" : "learning", sentence }, [])];
  }
  const nameOf = namer(state);
  if (drawn.of !== found) drawn = { of: found, map: heatMap(found, nameOf) };
  return [
    verdictCard(
      { mood: "good", sentence: sentenceOf(found) },
      [],
      "From what both show at the same time. Weak and unknown pairs are left empty; − marks what moves the other way.",
    ),
    h(
      "section",
      { class: "card wide related" },
      h("div", { class: "head" }, h("h2", {}, "What moves together")),
      h("div", { class: "heat-room", "data-foreign": "heat map" }),
    ),
    h("div", { class: "card narrow" }, pairPart(found, query.get("pair"), nameOf), computablePart(found)),
    groupsCard(found, nameOf),
  ];
}

/** @param {HTMLElement} main */
export function afterRelatedPage(main) {
  const room = main.querySelector(".heat-room");
  if (room !== null && drawn.map !== undefined && room.firstChild !== drawn.map) room.replaceChildren(drawn.map);
}

/** @param {PanelState} state */
function namer({ entities }) {
  const known = new Map(entities.map(({ entity }) => [entity.entityId, entity.name]));
  return (/** @type {string} */ entityId) => known.get(entityId) ?? entityId;
}

/** @param {Related} found */
function sentenceOf({ groups, computable }) {
  const parts = [
    `${count(groups.length)} ${groups.length === 1 ? "group" : "groups"}`,
    computable.length === 0
      ? "no value can be computed from others."
      : `${count(computable.length)} ${computable.length === 1 ? "value" : "values"} can be computed from others and need not be read.`,
  ];
  return `${parts[0]}, ${parts[1]}`;
}

/**
 * @param {Related} found
 * @param {(entityId: string) => string} nameOf
 */
function heatMap({ entityIds, pairs, groups }, nameOf) {
  const shown = entityIds.slice(0, mostShown);
  const size = shown.length * cell;
  const cells = [];
  let next = 0;
  for (let row = 0; row < entityIds.length; row += 1) {
    for (let column = row + 1; column < entityIds.length; column += 1) {
      const r = (pairs[next++] ?? 0) / 100;
      if (column < shown.length && Math.abs(r) >= weakest)
        cells.push(
          pairCell(shown, { row, column, r, isFirst: cells.length === 0 }, nameOf),
          pairCell(shown, { row: column, column: row, r, isFirst: false }, nameOf),
        );
    }
  }
  const frames = groups.flatMap(({ members, name }) => {
    const places = members.map((entityId) => shown.indexOf(entityId)).filter((place) => place >= 0);
    if (places.length < 2) return [];
    const [first, last] = [Math.min(...places), Math.max(...places)];
    const width = (last - first + 1) * cell;
    return [
      h("rect", {
        class: "frame",
        "data-key": name,
        x: names + first * cell,
        y: first * cell,
        width,
        height: width,
      }),
    ];
  });
  const label = `Which of ${shown.length} values move together; the strongest pairs and the groups stand beside it as text.`;
  return h(
    "svg",
    {
      class: "heat choosable",
      viewBox: `0 0 ${names + size} ${Math.max(size, cell)}`,
      role: "group",
      "aria-label": label,
    },
    shown.map((entityId, row) =>
      h("text", { x: names - 8, y: (row + 0.75) * cell, "text-anchor": "end" }, verbatim(shorten(nameOf(entityId)))),
    ),
    shown.map((_, place) =>
      h("rect", { class: "self", x: names + place * cell, y: place * cell, width: cell - 1, height: cell - 1 }),
    ),
    cells,
    frames,
  );
}

/**
 * @param {readonly string[]} shown
 * @param {{ row: number, column: number, r: number, isFirst: boolean }} place Of all cells the tab key leads to the first, arrow keys on.
 * @param {(entityId: string) => string} nameOf
 */
function pairCell(shown, { row, column, r, isFirst }, nameOf) {
  const [a, b] = [shown[row] ?? "", shown[column] ?? ""];
  const label = `${nameOf(a)} and ${nameOf(b)}: ${number(r)}`;
  return h(
    "g",
    {
      "data-action": "pair",
      "data-value": `${a} ${b}`,
      role: "button",
      tabindex: isFirst ? 0 : -1,
      "aria-label": label,
    },
    h("title", {}, label),
    h("rect", {
      class: r < 0 ? "opposite" : "together",
      x: names + column * cell,
      y: row * cell,
      width: cell - 1,
      height: cell - 1,
      "fill-opacity": Math.abs(r).toFixed(2),
    }),
    r < 0 && h("text", { x: names + (column + 0.5) * cell, y: (row + 0.75) * cell, "text-anchor": "middle" }, "−"),
  );
}

/** @param {string} name */
function shorten(name) {
  return name.length > 26 ? `${name.slice(0, 25)}…` : name;
}

/**
 * @param {Related} found
 * @param {string | null} pair
 * @param {(entityId: string) => string} nameOf
 */
function pairPart({ relations }, pair, nameOf) {
  const [a = "", b = ""] = (pair ?? "").split(" ");
  const chosen = relations.filter((each) => (each.a === a && each.b === b) || (each.a === b && each.b === a));
  const shown = pair === null ? relations.slice(0, 6) : chosen;
  return h(
    "section",
    { "data-key": "pairs" },
    h("h2", {}, pair === null ? "Strongest pairs" : `${nameOf(a)} and ${nameOf(b)}`),
    shown.length === 0
      ? h("p", { class: "second" }, pair === null ? "None is proven yet." : "Not beyond what chance would give.")
      : h(
          "ul",
          { class: "changes" },
          shown.map((each) => relationRow(each, nameOf)),
        ),
    pair !== null && [
      h("p", {}, h("a", { href: `?page=entity&id=${a}&with=${b}`, "data-action": "go" }, "Both drawn over each other")),
      h("p", {}, h("a", { href: "?page=related", "data-action": "go" }, "The strongest pairs")),
    ],
  );
}

/**
 * @param {Related["relations"][number]} relation
 * @param {(entityId: string) => string} nameOf
 */
function relationRow({ a, b, r, change, lagSeconds, n }, nameOf) {
  const later = lagSeconds === 0 ? "" : `, ${nameOf(lagSeconds > 0 ? b : a)} ${interval(Math.abs(lagSeconds))} later`;
  return h(
    "li",
    { "data-key": `${a} ${b}` },
    h(
      "div",
      {},
      h(
        "div",
        {},
        h(
          "a",
          { class: "entity-link", href: `?page=related&pair=${encodeURIComponent(`${a} ${b}`)}`, "data-action": "go" },
          verbatim(`${nameOf(a)} · ${nameOf(b)}`),
        ),
      ),
      h(
        "div",
        { class: "second" },
        `of their changes ${number(Number(change.toFixed(2)))}${later}; ${count(n)} values`,
      ),
    ),
    h("div", { class: "share" }, number(Number(r.toFixed(2)))),
  );
}

/** @param {Related} found */
function computablePart({ computable }) {
  return h(
    "section",
    { "data-key": "computable" },
    h("h2", {}, "Need not be read"),
    computable.length === 0
      ? h("p", { class: "second" }, "No value follows from others.")
      : h(
          "ul",
          { class: "changes" },
          computable.map(({ entityId, formula, rows }) =>
            h(
              "li",
              { "data-key": entityId },
              h("div", {}, formula),
              h("div", { class: "share second" }, `${count(rows)} values`),
            ),
          ),
        ),
  );
}

/**
 * @param {Related} found
 * @param {(entityId: string) => string} nameOf
 */
function groupsCard({ groups }, nameOf) {
  return h(
    "section",
    { class: "card full" },
    h("div", { class: "head" }, h("h2", {}, "Groups")),
    groups.length === 0
      ? h("p", { class: "second" }, "None yet.")
      : h(
          "ul",
          { class: "changes" },
          groups.map(({ name, members, weakest: least }) =>
            h(
              "li",
              { "data-key": name },
              h(
                "div",
                {},
                h("div", {}, `${name} · ${count(members.length)}`),
                h("div", { class: "second" }, members.map(nameOf).join(", ")),
              ),
              h("div", { class: "share second" }, `from ${number(Number(least.toFixed(2)))} on`),
            ),
          ),
        ),
  );
}
