import { areNear, chart } from "./chart.js";
import { choice } from "./choice.js";
import { h } from "./dom.js";
import { Fetched } from "./fetched.js";
import { count, day, percent } from "./format.js";
import { historyEvents } from "./history-events.js";
import { icon } from "./icons.js";
import { language } from "./words.js";
import { verdictCard } from "./verdict-card.js";

/** @import { PanelState } from "../overview-change.ts" */
/** @import { HistoryEvent } from "#model/history-event.ts" */
/** @import { HourlyRecord } from "#model/hourly-record.ts" */

const kinds = /** @type {const} */ ({
  all: "All",
  plan: "Plans",
  configuration: "Your changes",
  gap: "Gaps",
  earlier: "Older package",
});
const looks = /** @type {const} */ ({ plan: "plan", configuration: "entities", gap: "warning", earlier: "storage" });

const spans = /** @type {const} */ ({ "30d": ["30 d", 30], "1y": ["1 y", 365], "3y": ["3 y", 1_095] });
/** @type {Record<string, Fetched<readonly HourlyRecord[]>>} */
const hours = Object.fromEntries(
  Object.entries(spans).map(([name, [, days]]) => [name, new Fetched(`api/hours?days=${days}`, 60_000)]),
);

/**
 * @param {PanelState} state
 * @param {URLSearchParams} query only: filter, span: how far back
 * @param {() => void} redraw
 */
export function historyPage(state, query, redraw) {
  historyEvents.ask(redraw);
  const events = historyEvents.value;
  if (events === undefined) {
    const sentence = historyEvents.failed
      ? "The history could not be fetched. It is tried again."
      : "Reading what happened …";
    return [verdictCard({ mood: historyEvents.failed ? "warning" : "learning", sentence }, [])];
  }
  const only = query.get("only") ?? "all";
  const shown = events.filter(({ kind }) => only === "all" || kind === only);
  return [
    verdictCard({ mood: "good", sentence: sentenceOf(events) }, [], "Every decision is kept with its reason."),
    loadCard(state, query.get("span") ?? "30d", events, redraw),
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

const looksOfBuses = ["plan-line", "series-2-line", "series-3-line", "series-4-line"];
const mostPoints = 400;

/**
 * What each bus was asked for, with the events that changed it.
 * @param {PanelState} state
 * @param {string} span
 * @param {readonly HistoryEvent[]} events
 * @param {() => void} redraw
 */
function loadCard({ at, buses }, span, events, redraw) {
  const [, days] = choice(spans, span, spans["30d"]);
  const fetched = choice(hours, span, hours["30d"]);
  fetched?.ask(redraw);
  const records = fetched?.value ?? [];
  const head = h(
    "div",
    { class: "head" },
    h("h2", {}, "Load of each bus"),
    h(
      "div",
      { class: "segments", role: "group", "aria-label": "Time shown" },
      Object.entries(spans).map(([name, [title]]) =>
        h(
          "button",
          { type: "button", "data-action": "span", "data-value": name, "aria-pressed": String(name === span) },
          title,
        ),
      ),
    ),
  );
  if (records.length < 2) {
    const why =
      fetched?.value === undefined
        ? "Reading the hours …"
        : "Written down at the end of every hour: the line begins with the second one.";
    return h("section", { class: "card full" }, head, h("p", { class: "second" }, why));
  }
  const begin = Math.max(at - days * 86_400_000, records[0]?.time ?? 0);
  const end = Math.max(at, begin + 1);
  // Years of hours of many buses are more than a call takes.
  const most = records.reduce((greatest, { loads }) => Math.max(greatest, ...Object.values(loads)), 1);
  const top = Math.ceil(most * 4) / 4;
  const x = (/** @type {number} */ time) => Math.max(0, Math.min(1, (time - begin) / (end - begin)));
  const every = Math.ceil(records.length / mostPoints);
  const shown = buses.slice(0, looksOfBuses.length);
  // The highest hour of each stretch: an overload must not vanish.
  const stretches = Array.from({ length: Math.ceil(records.length / every) }, (_, index) =>
    records.slice(index * every, (index + 1) * every),
  );
  const lines = shown.map(({ bus }, index) => ({
    look: looksOfBuses[index] ?? "",
    isStepped: true,
    points: stretches.flatMap((each) => {
      const loads = each.flatMap(({ loads: all }) => all[bus.id] ?? []);
      return loads.length === 0 ? [] : [/** @type {const} */ ([x(each[0]?.time ?? 0), Math.max(...loads) / top])];
    }),
  }));
  const marks = events
    .filter(({ time, kind }) => time >= begin && (kind === "plan" || kind === "configuration"))
    .slice(0, 12);
  /** @type {Set<number>} */
  const named = new Set();
  for (const { time } of marks) {
    const hasRoom = [...named].every((other) => !areNear(x(time), x(other), 0.5));
    if (hasRoom) named.add(time);
  }
  return h(
    "section",
    { class: "card full" },
    head,
    chart({
      label:
        shown.length === 0
          ? "Load of each bus"
          : `Load of each bus since ${day(begin)}: now ${shown.map(({ bus, load }) => `${bus.name} ${percent(load.utilisation)}`).join(", ")}`,
      height: 180,
      rows: [0, 0.25, 0.5, 0.75, 1].map((share) => ({ y: share, text: percent(share * top) })),
      bands: [],
      lines,
      rules: [
        ...marks.map(({ time, kind }) => ({
          x: x(time),
          look: "event-rule",
          ...(named.has(time)
            ? { text: kind === "plan" ? "plan" : "your change", anchor: x(time) > 0.9 ? "end" : "middle" }
            : {}),
        })),
      ],
      labels: lines.map(({ points, look }, index) => ({
        x: 1,
        y: points.at(-1)?.[1] ?? 0,
        text: shown[index]?.bus.name ?? "",
        look: look.replace("-line", ""),
        anchor: "end",
      })),
      columns: [
        { x: 0, text: day(begin), anchor: "start" },
        { x: 1, text: "now", anchor: "end" },
      ],
    }),
  );
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
  const date = new Date(day).toLocaleDateString(language, { weekday: "long", day: "numeric", month: "long" });
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
  return new Date(time).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
}
