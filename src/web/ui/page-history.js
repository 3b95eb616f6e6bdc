import { h } from "./dom.js";
import { Fetched } from "./fetched.js";
import { count } from "./format.js";
import { icon } from "./icons.js";
import { verdictCard } from "./verdict-card.js";

/** @import { PanelState } from "../overview-change.ts" */
/** @import { HistoryEvent } from "#model/history-event.ts" */

const kinds = /** @type {const} */ ({
  all: "All",
  plan: "Plans",
  configuration: "Your changes",
  gap: "Gaps",
  earlier: "Older package",
});
const looks = /** @type {const} */ ({ plan: "plan", configuration: "entities", gap: "warning", earlier: "storage" });

/** @type {Fetched<readonly HistoryEvent[]>} */
const history = new Fetched("api/history", 30_000);

/**
 * @param {PanelState} _state
 * @param {URLSearchParams} query only: filter
 * @param {() => void} redraw
 */
export function historyPage(_state, query, redraw) {
  history.ask(redraw);
  const events = history.value;
  if (events === undefined) {
    const sentence = history.failed
      ? "The history could not be fetched. It is tried again."
      : "Reading what happened …";
    return [verdictCard({ mood: history.failed ? "warning" : "learning", sentence }, [])];
  }
  const only = query.get("only") ?? "all";
  const shown = events.filter(({ kind }) => only === "all" || kind === only);
  return [
    verdictCard({ mood: "good", sentence: sentenceOf(events) }, [], "Every decision is kept with its reason."),
    h(
      "div",
      { class: "tools" },
      Object.entries(kinds).map(([kind, title]) =>
        h(
          "button",
          {
            class: "chip",
            type: "button",
            "data-action": "filter",
            "data-value": kind,
            "aria-pressed": String(kind === only),
          },
          `${title} · ${count(kind === "all" ? events.length : events.filter((event) => event.kind === kind).length)}`,
        ),
      ),
    ),
    h(
      "section",
      { class: "card full" },
      shown.length === 0
        ? h("p", { class: "second" }, "Nothing has happened yet.")
        : [...Map.groupBy(shown, ({ time }) => new Date(time).toDateString())].map(([day, each]) => dayOf(day, each)),
    ),
  ];
}

/** @param {readonly HistoryEvent[]} events */
function sentenceOf(events) {
  const month = Date.now() - 30 * 86_400_000;
  const of = (/** @type {HistoryEvent["kind"]} */ kind) =>
    events.filter((event) => event.kind === kind && event.time >= month).length;
  const [plans, changes, gaps] = [of("plan"), of("configuration"), of("gap")];
  if (plans + changes + gaps === 0) return "Nothing changed your buses in the last 30 days.";
  return `Last 30 days: ${count(plans)} ${plans === 1 ? "plan" : "plans"}, ${count(changes)} of your own changes, ${count(gaps)} ${gaps === 1 ? "gap" : "gaps"}.`;
}

/**
 * @param {string} day
 * @param {readonly HistoryEvent[]} events
 */
function dayOf(day, events) {
  const date = new Date(day).toLocaleDateString(undefined, { weekday: "long", day: "numeric", month: "long" });
  return h(
    "section",
    { class: "day", "data-key": day },
    h("h2", {}, day === new Date().toDateString() ? "Today" : date),
    h(
      "ul",
      { class: "events" },
      events.map(({ time, kind, title, detail }) =>
        h(
          "li",
          { "data-key": `${time} ${kind}` },
          h("time", { class: "second", datetime: new Date(time).toISOString() }, clock(time)),
          h("span", { class: kind === "gap" ? "warning" : "plan" }, icon(looks[kind])),
          h("div", {}, h("div", {}, title), h("div", { class: "second" }, detail)),
        ),
      ),
    ),
  );
}

/** @param {number} time */
function clock(time) {
  return new Date(time).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
}
