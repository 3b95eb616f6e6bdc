import { anchorAt, areNear, chart, roundTicks } from "./chart.js";
import { choice } from "./choice.js";
import { h, verbatim } from "./dom.js";
import { Fetched } from "./fetched.js";
import { clockTime, count, day, interval, number, percent } from "./format.js";
import { navigateInHomeAssistant } from "./home-assistant-frame.js";
import { facts } from "./page-overview.js";
import { Plot } from "./plot.js";
import { language } from "./words.js";

/** @import { PanelState } from "../overview-change.ts" */
/** @import { EntityRow } from "../entity-row.ts" */
/** @import { EntityDetail } from "#model/entity-detail.ts" */
/** @import { PlotSeries } from "#model/plot-series.ts" */

const hour = 3_600_000;
const ranges = /** @type {const} */ ({
  "1h": ["1 h", hour],
  "6h": ["6 h", 6 * hour],
  "24h": ["24 h", 24 * hour],
  "7d": ["7 d", 168 * hour],
  "30d": ["30 d", 720 * hour],
  "1y": ["1 y", 8_760 * hour],
  all: ["All", 0],
});
const mostCompared = 3;
const shownReads = 300;

/** @type {Fetched<EntityDetail> | undefined} */
let detail;
let detailOf = "";
/** @type {Map<string, Fetched<PlotSeries>>} */
const plots = new Map();
/** @type {{ room: HTMLElement, plot: Plot } | undefined} */
let drawn;
let width = 1_000;

/**
 * @param {PanelState} state
 * @param {URLSearchParams} query id, range or from and to, with: other entities
 * @param {() => void} redraw
 */
export function entityPage(state, query, redraw) {
  const id = query.get("id") ?? "";
  const overview = state.entities.find(({ entity }) => entity.entityId === id);
  if (overview === undefined) {
    return [
      h(
        "section",
        { class: "card" },
        h("h1", {}, "No such entity is followed."),
        h("p", {}, h("a", { href: "?page=entities", "data-action": "go" }, "All entities")),
      ),
    ];
  }
  if (detailOf !== id) {
    detail = new Fetched(`api/entity?id=${id}`, 60_000);
    detailOf = id;
    // What was drawn of another one must not stand under this name.
    shown = undefined;
    plots.clear();
  }
  detail?.ask(redraw);
  const known = detail?.value;
  return [
    plotCard(state, overview, query, redraw),
    costCard(overview, known),
    behaviourCard(state, overview, known),
    hoursCard(known),
    decisionsCard(overview, known),
  ];
}

/**
 * The range that is asked for; whole minutes, so that the same plot is not asked for again and again.
 * @param {PanelState} state
 * @param {URLSearchParams} query
 * @param {PlotSeries | undefined} all
 */
function rangeOf({ at }, query, all) {
  const [from, to] = [Number(query.get("from")), Number(query.get("to"))];
  if (to - from >= 1_000 && from >= 0) return { from, to };
  const end = Math.ceil((at + 1) / 60_000) * 60_000;
  const [, length] = choice(ranges, query.get("range"), ranges["24h"]);
  return { from: length > 0 ? end - length : Math.min(end - hour, all?.extent?.first ?? end - hour), to: end };
}

/**
 * @param {string} id
 * @param {{ from: number, to: number }} range
 * @param {number} columns
 * @param {() => void} redraw
 */
function plotOf(id, { from, to }, columns, redraw) {
  const path = `api/plot?id=${id}&from=${Math.round(from)}&to=${Math.round(to)}&columns=${columns}`;
  const known = plots.get(path) ?? new Fetched(path, 15_000);
  plots.delete(path);
  plots.set(path, known);
  for (const key of [...plots.keys()].slice(0, -24)) plots.delete(key);
  known.ask(redraw);
  return known;
}

/**
 * @param {PanelState} state
 * @param {EntityRow} overview
 * @param {URLSearchParams} query
 * @param {() => void} redraw
 */
function plotCard(state, { entity, statistics, busId, advice }, query, redraw) {
  const end = Math.ceil((state.at + 1) / hour) * hour;
  const first = statistics?.firstTime ?? end - hour;
  const begin = Math.min(Math.floor(first / hour) * hour, end - hour);
  const all = plotOf(entity.entityId, { from: begin, to: end }, 300, redraw).value;
  const range = rangeOf(state, query, all);
  const wanted = plotOf(entity.entityId, range, width, redraw);
  const others = compared(state, query, entity.entityId);
  const asked = [wanted, ...others.map((id) => plotOf(id, range, width, redraw))];
  // One that cannot be had does not keep the others from being shown.
  const lines = asked.filter(({ value, failed }) => value !== undefined || !failed).map(({ value }) => value);
  if (wanted.value !== undefined && lines.every((line) => line !== undefined))
    shown = { lines: nameLines(state, lines), range, until: range.to, now: state.at };
  // What is known moves at once; the rest of it follows.
  else if (shown !== undefined) shown = { ...shown, range, now: state.at };
  const isChosen = (/** @type {string} */ name) => !query.has("from") && (query.get("range") ?? "24h") === name;
  const bus = state.buses.find((each) => each.bus.id === busId);
  return h(
    "section",
    { class: "card", "data-key": entity.entityId },
    h(
      "div",
      { class: "head" },
      h(
        "nav",
        { class: "second", "aria-label": "You are here" },
        h("a", { href: "?page=entities", "data-action": "go" }, "Entities"),
        bus !== undefined && [" › ", verbatim(bus.bus.name)],
        " › ",
        verbatim(entity.entityId),
      ),
      navigateInHomeAssistant !== undefined &&
        h(
          "button",
          { type: "button", class: "quiet-button", "data-action": "history", "data-value": entity.entityId },
          "Open in Home Assistant",
        ),
    ),
    h(
      "h1",
      { class: "entity-name" },
      verbatim(entity.name),
      " ",
      h("span", { class: "second-text" }, verbatim(valueText(statistics?.lastState, entity.unit))),
    ),
    h(
      "div",
      { class: "plot-head" },
      h("p", {}, ...adviceWords(advice)),
      h(
        "div",
        { class: "segments", role: "group", "aria-label": "Time shown" },
        Object.entries(ranges).map(([name, [title]]) =>
          h(
            "button",
            { type: "button", "data-action": "range", "data-value": name, "aria-pressed": String(isChosen(name)) },
            title,
          ),
        ),
      ),
    ),
    others.length > 0 &&
      h(
        "p",
        { class: "second" },
        others.map((id, index) => [
          h("span", { class: `series-${index + 2}` }, "— ", verbatim(nameIn(state, id))),
          " ",
          h(
            "a",
            {
              href: withOthers(
                query,
                others.filter((other) => other !== id),
              ),
              "data-action": "go",
            },
            "remove",
          ),
          " ",
        ]),
        "on scales of their own",
      ),
    wanted.failed &&
      wanted.value === undefined &&
      h("p", { class: "second" }, "The values could not be fetched. It is tried again."),
    h("div", {
      class: "plot",
      "data-foreign": "plot",
      "data-key": "plot",
      tabindex: 0,
      role: "img",
      "aria-label": plotLabel(entity.name, shown?.lines[0]?.series),
    }),
    shown !== undefined && readsStrip(shown.lines[0]?.series, range),
    all !== undefined && navigator(all, range, state.at),
    query.get("table") === "1" && valuesTable(shown?.lines[0]?.series),
    h(
      "p",
      { class: "second" },
      "Stored values as steps; grey: no value. Drag or + − to zoom, ← → to move, 0 or a double click to go back, ",
      h(
        "button",
        { type: "button", class: "link", "data-action": "table" },
        query.get("table") === "1" ? "no table" : "t for the table",
      ),
      ".",
    ),
  );
}

/**
 * `until`: to where the lines are known.
 * @type {{ lines: import("./plot.js").PlotLine[], range: { from: number, to: number }, until: number, now: number } | undefined}
 */
let shown;

/**
 * Draws into the room that the page has for the plot; called when the page stands.
 * @param {HTMLElement} main
 * @param {(range: { from: number, to: number } | "back") => void} onRange
 */
export function afterEntityPage(main, onRange) {
  const room = /** @type {HTMLElement | null} */ (main.querySelector(".plot"));
  if (room === null) return;
  width = Math.max(100, Math.min(2_000, Math.ceil(room.clientWidth / 100) * 100));
  if (drawn?.room !== room) {
    drawn?.plot.destroy();
    room.replaceChildren();
    drawn = { room, plot: new Plot(room, onRange) };
  }
  if (shown !== undefined) {
    const { lines, range, until, now } = shown;
    void drawn.plot.show(lines, { ...range, now: Math.min(until, now) });
  }
}

/**
 * Of the entities that an address names, those that are followed.
 * @param {PanelState} state
 * @param {URLSearchParams} query
 * @param {string} id the entity of the page
 */
function compared(state, query, id) {
  const named = new Set((query.get("with") ?? "").split(","));
  const followed = [...named].filter(
    (other) => other !== id && state.entities.some(({ entity }) => entity.entityId === other),
  );
  return followed.slice(0, mostCompared);
}

/**
 * @param {URLSearchParams} query
 * @param {readonly string[]} others
 */
function withOthers(query, others) {
  const changed = new URLSearchParams(query);
  if (others.length === 0) changed.delete("with");
  else changed.set("with", others.join(","));
  return `?${changed}`;
}

/**
 * @param {PanelState} state
 * @param {string} id
 */
function nameIn(state, id) {
  return state.entities.find(({ entity }) => entity.entityId === id)?.entity.name ?? id;
}

/**
 * @param {PanelState} state
 * @param {readonly PlotSeries[]} lines
 */
function nameLines(state, lines) {
  return lines.map((series) => {
    const known = state.entities.find(({ entity }) => entity.entityId === series.entityId)?.entity;
    return { name: known?.name ?? series.entityId, unit: known?.unit ?? "", series };
  });
}

/**
 * @param {string | undefined} value
 * @param {string | undefined} unit
 */
function valueText(value, unit) {
  return value === undefined ? "–" : unit === undefined ? value : `${value}\u00a0${unit}`;
}

/**
 * @param {EntityRow["advice"]} advice
 * @returns {unknown[]}
 */
function adviceWords(advice) {
  if (advice === undefined) return ["Nothing is advised: it is not known how often it is read."];
  const { action, present, recommended, reason } = advice;
  if (action === "wait" || recommended === undefined) return [reason];
  if (action === "keep") return [`Read every ${interval(present)}.`, " ", reason];
  return [
    "Read it every ",
    h("b", { class: "plan" }, interval(recommended)),
    ` instead of every ${interval(present)}.`,
    " ",
    reason,
  ];
}

/**
 * @param {string} name
 * @param {PlotSeries | undefined} series
 */
function plotLabel(name, series) {
  const known = series?.values.filter((value) => value !== null) ?? [];
  if (series === undefined || known.length === 0) return `${name}: no values in this time`;
  const texts = series.texts;
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return texts === undefined
    ? `${name}: ${count(known.length)} values between ${number(least)} and ${number(most)}`
    : `${name}: ${texts.join(", ")}`;
}

/**
 * @param {PlotSeries | undefined} series
 * @param {{ from: number, to: number }} range
 */
function readsStrip(series, { from, to }) {
  if (series === undefined) return undefined;
  const looked = series.reads.looked.filter(([begin, end]) => begin < to && end > from);
  const times = series.reads.times.filter((time) => time >= from && time <= to);
  const at = (/** @type {number} */ time) => `${(((time - from) / (to - from)) * 100).toFixed(2)}%`;
  const bins = 120;
  const counts = Array.from({ length: bins }, () => 0);
  for (const time of times) counts[Math.min(bins - 1, Math.floor(((time - from) / (to - from)) * bins))] += 1;
  const most = Math.max(1, ...counts);
  const marks =
    times.length <= shownReads
      ? times.map((time) => h("line", { class: "read", x1: at(time), x2: at(time), y1: 2, y2: 14 }))
      : counts.map((each, bin) =>
          h("rect", {
            class: "read-bin",
            x: `${((bin / bins) * 100).toFixed(2)}%`,
            width: `${(100 / bins).toFixed(2)}%`,
            y: 14 - (12 * each) / most,
            height: (12 * each) / most,
          }),
        );
  return h(
    "div",
    { class: "strip-row" },
    h("span", { class: "second" }, "reads"),
    h(
      "svg",
      { class: "reads", role: "img", "aria-label": `${count(times.length)} reads were seen in this time`, height: 18 },
      looked.map(([begin, end]) =>
        h("line", { class: "looked", x1: at(Math.max(from, begin)), x2: at(Math.min(to, end)), y1: 17, y2: 17 }),
      ),
      marks,
      looked.length === 0 &&
        h("text", { x: "50%", y: 13, "text-anchor": "middle" }, "no reads were looked for in this time"),
    ),
  );
}

/**
 * All that is stored, and what is shown of it.
 * @param {PlotSeries} all
 * @param {{ from: number, to: number }} range
 * @param {number} now
 */
function navigator({ from, to, times, values }, range, now) {
  const at = (/** @type {number} */ time) => Math.max(0, Math.min(1, (time - from) / (to - from)));
  const known = values.filter((value) => value !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const height = (/** @type {number} */ value) => (most > least ? 0.1 + (0.8 * (value - least)) / (most - least) : 0.5);
  const points = /** @type {[number, number][]} */ (
    times.flatMap((time, index) => {
      const value = values[index];
      return value === null || value === undefined ? [] : [[at(time), height(value)]];
    })
  );
  const left = at(range.from);
  const wide = Math.max(0.006, at(range.to) - left);
  return h(
    "div",
    { class: "strip-row" },
    h("span", { class: "second" }, interval((now - from) / 1_000)),
    h(
      "svg",
      {
        class: "navigator",
        height: 36,
        "data-action": "navigate",
        "data-from": from,
        "data-to": to,
        role: "img",
        "aria-label": `All that is stored since ${clockTime(from)}; shown are ${interval((range.to - range.from) / 1_000)} of it`,
      },
      h("rect", { class: "rail", width: "100%", height: 36, rx: 4 }),
      h(
        "svg",
        { width: "100%", height: 36, viewBox: "0 0 1000 1000", preserveAspectRatio: "none" },
        h("path", {
          class: "line now-line",
          d: points
            .map(
              ([x, y], index) => `${index === 0 ? "M" : "L"}${(x * 1_000).toFixed(1)} ${((1 - y) * 1_000).toFixed(0)}`,
            )
            .join(""),
        }),
      ),
      h("rect", { class: "window", x: `${left * 100}%`, width: `${wide * 100}%`, height: 36, rx: 3 }),
    ),
  );
}

/** @param {PlotSeries | undefined} series */
function valuesTable(series) {
  if (series === undefined) return undefined;
  const most = 500;
  const rows = series.times.slice(-most).map((time, index) => {
    const value = series.values[Math.max(0, series.times.length - most) + index];
    const text = value === null || value === undefined ? "no value" : (series.texts?.[value] ?? String(value));
    return h("tr", {}, h("td", {}, new Date(time).toLocaleString(language)), h("td", { class: "number" }, text));
  });
  return h(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": "Values as a table" },
    h(
      "table",
      {},
      h(
        "caption",
        { class: "second" },
        series.isWhole ? "Every stored value" : "Least and greatest of each stretch; zoom in for every value",
      ),
      h(
        "thead",
        {},
        h("tr", {}, h("th", { scope: "col" }, "Time"), h("th", { scope: "col", class: "number" }, "Value")),
      ),
      h("tbody", {}, rows.toReversed()),
    ),
  );
}

/**
 * @param {EntityRow} overview
 * @param {EntityDetail | undefined} known
 */
function costCard({ interval: seen, advice, refreshSeconds }, known) {
  const costs = known?.costs;
  const head = h(
    "div",
    { class: "head" },
    h("h2", {}, "What a longer interval costs"),
    costs !== undefined &&
      h(
        "span",
        { class: "second" },
        costs.objective === "staleness" ? "share of time it is noticeably off" : "how far it is off, of its range",
        `; from ${count(costs.reads)} reads`,
      ),
  );
  if (costs === undefined) {
    const why = known === undefined ? "Reading what it did …" : "Not known yet: too few reads were seen.";
    return h("section", { class: "card wide" }, head, h("p", { class: "second" }, why));
  }
  const first = costs.points[0]?.seconds ?? 1;
  const last = costs.points.at(-1)?.seconds ?? 1;
  const at = (/** @type {number} */ seconds) =>
    0.04 + 0.92 * Math.max(0, Math.min(1, Math.log(seconds / first) / Math.log(last / first)));
  const ticks = roundTicks(Math.max(0.01, ...costs.points.map(({ loss }) => loss)));
  const top = ticks.at(-1) ?? 1;
  const lossAt = (/** @type {number} */ seconds) => {
    const next = costs.points.findIndex((point) => point.seconds >= seconds);
    const [low, high] = [
      costs.points[Math.max(0, next - 1)],
      costs.points[next === -1 ? costs.points.length - 1 : next],
    ];
    if (low === undefined || high === undefined || low === high) return high?.loss ?? 0;
    const part = Math.log(seconds / low.seconds) / Math.log(high.seconds / low.seconds);
    return low.loss + part * (high.loss - low.loss);
  };
  const present = seen?.seconds;
  const proposed = advice?.action === "slower" || advice?.action === "faster" ? advice.recommended : undefined;
  const sentence = costs.isNoise
    ? "It differs by chance alone: reading it more often makes it no better."
    : costs.points.every(({ loss }) => loss === 0)
      ? "It never changed: nothing is lost with any interval."
      : undefined;
  return h(
    "section",
    { class: "card wide" },
    head,
    chart({
      label: `Loss against the interval: ${costs.points.map(({ seconds, loss }) => `${interval(seconds)} ${percent(loss)}`).join(", ")}`,
      rows: ticks.map((value) => ({ y: value / top, text: percent(value) })),
      columns: costs.points
        .filter(({ seconds }) => [1, 5, 30, 180, 900].includes(seconds))
        .map(({ seconds, share }) => ({ x: at(seconds), text: interval(seconds), below: percent(share) })),
      bands:
        refreshSeconds === undefined
          ? []
          : [
              {
                from: 0,
                to: at(refreshSeconds),
                look: "band",
                text: `the device renews it every ${interval(refreshSeconds)} only`,
              },
            ],
      lines: [{ look: "plan-line", points: costs.points.map(({ seconds, loss }) => [at(seconds), loss / top]) }],
      marks: [
        ...(present === undefined
          ? []
          : [
              {
                x: at(present),
                y: lossAt(present) / top,
                shape: /** @type {const} */ ("dot"),
                look: "now-mark",
                text: "you are here",
                below: `${interval(present)}: ${percent(lossAt(present))}`,
              },
            ]),
        ...(proposed === undefined
          ? []
          : [
              {
                x: at(proposed),
                y: lossAt(proposed) / top,
                shape: /** @type {const} */ ("diamond"),
                look: "plan-mark",
                text: "proposed",
                lift: present !== undefined && areNear(at(present), at(proposed)) ? 34 : 0,
                below: `${interval(proposed)}: ${percent(lossAt(proposed))}`,
              },
            ]),
      ],
    }),
    h("p", { class: "second" }, "Interval, on a log scale; below: share of the line if read so often. "),
    sentence !== undefined && h("p", {}, sentence),
  );
}

/**
 * @param {PanelState} state
 * @param {EntityRow} overview
 * @param {EntityDetail | undefined} known
 */
function behaviourCard(state, { entity, interval: seen, advice, refreshSeconds, pattern }, known) {
  const rows = [];
  const statistics = known?.overview.statistics;
  const unit = entity.unit === undefined ? "" : `\u00a0${entity.unit}`;
  const add = (/** @type {string} */ title, /** @type {unknown} */ text) =>
    text !== undefined && rows.push(/** @type {const} */ ([title, text]));
  if (statistics !== undefined) {
    const { kind, changeRate, noise, resolution, minimum, maximum, mean, secondsToMove, outages, availability } =
      statistics;
    add("Kind", pattern === undefined ? kind : [kind, " · ", pattern.sentence]);
    add(
      "Changes",
      changeRate === undefined
        ? undefined
        : `${number(changeRate.perHour)} an hour (${number(changeRate.lowPerHour)} to ${number(changeRate.highPerHour)})${changeRate.lowerBound ? ", or more" : ""}`,
    );
    add("Moves noticeably", secondsToMove === undefined ? undefined : `in ${interval(secondsToMove)}`);
    add(
      "Noise, step",
      resolution === undefined
        ? undefined
        : `${noise === undefined ? "not known" : `±${number(noise)}${unit}`}, ${number(resolution)}${unit}`,
    );
    add(
      "Device renews it",
      refreshSeconds === undefined ? undefined : `every ${interval(refreshSeconds)}; faster reads see nothing new`,
    );
    add(
      "Range",
      minimum === undefined || maximum === undefined
        ? undefined
        : `${number(minimum)} to ${number(maximum)}${unit}, mean ${number(mean ?? 0)}`,
    );
    add(
      "Really read",
      seen === undefined
        ? "not known: its integration does not report unchanged reads"
        : `every ${interval(seen.seconds)}`,
    );
    add("Unavailable", outages === 0 ? "never" : `${percent(1 - availability)} of the time, ${count(outages)} times`);
    add("Stored", `${count(statistics.samples)} values since ${clockTime(statistics.firstTime)}`);
  }
  add("Costs", advice?.share === undefined ? undefined : `${percent(advice.share)} of the line`);
  if (known !== undefined && known.relations.length > 0)
    add(
      "Goes with",
      known.relations.slice(0, 4).map(({ a, b, r, lagSeconds }, index) => {
        const other = a === entity.entityId ? b : a;
        const later = lagSeconds === 0 ? "" : ` (${interval(Math.abs(lagSeconds))} apart)`;
        return [
          index > 0 && ", ",
          h(
            "a",
            { href: `?page=entity&id=${entity.entityId}&with=${other}`, "data-action": "go" },
            verbatim(nameIn(state, other)),
          ),
          ` ${number(Number(r.toFixed(2)))}${later}`,
        ];
      }),
    );
  if (known?.configured !== undefined)
    add(
      "Set in",
      `${known.configured.file}, line ${known.configured.line}: ${known.configured.isSet ? "" : "not set, so "}${interval(known.configured.interval)}`,
    );
  return h(
    "section",
    { class: "card narrow" },
    h("div", { class: "head" }, h("h2", {}, "How it behaves")),
    known === undefined || rows.length === 0
      ? h("p", { class: "second" }, known === undefined ? "Reading what it did …" : "Nothing is known of it yet.")
      : facts(rows),
  );
}

/** @param {EntityDetail | undefined} known */
function hoursCard(known) {
  const rates = known?.changesByHour;
  const head = h(
    "div",
    { class: "head" },
    h("h2", {}, "Hour of the day"),
    h("span", { class: "second" }, "changes an hour"),
  );
  if (rates === undefined || rates.every((rate) => rate === 0)) {
    return h("section", { class: "card wide" }, head, h("p", { class: "second" }, "No changes to show yet."));
  }
  const ticks = roundTicks(Math.max(...rates));
  const top = ticks.at(-1) ?? 1;
  return h(
    "section",
    { class: "card wide" },
    head,
    chart({
      label: `Changes in each hour of the day: ${rates.map((rate, index) => `${index}: ${number(rate)}`).join(", ")}`,
      height: 150,
      rows: ticks.map((value) => ({ y: value / top, text: number(value) })),
      bars: rates.map((rate, index) => ({
        x: index / 24 + 0.004,
        width: 1 / 24 - 0.008,
        height: rate / top,
        look: "plan-bar",
        title: `${index}–${index + 1}: ${number(rate)}`,
      })),
      columns: [0, 3, 6, 9, 12, 15, 18, 21, 24].map((each) => ({
        x: each / 24,
        text: String(each).padStart(2, "0"),
        anchor: anchorAt(each / 24),
      })),
    }),
  );
}

/**
 * @param {EntityRow} overview
 * @param {EntityDetail | undefined} known
 */
function decisionsCard({ advice }, known) {
  const decisions = known?.decisions ?? [];
  const titles = { plan: "A plan proposed", configuration: "You set", legacy: "The older package decided" };
  return h(
    "section",
    { class: "card narrow" },
    h("div", { class: "head" }, h("h2", {}, "What was decided")),
    decisions.length === 0
      ? h("p", { class: "second" }, advice === undefined ? "Nothing yet." : "Nothing was proposed or set yet.")
      : h(
          "ul",
          { class: "changes" },
          decisions.map(({ time, interval: seconds, before, reason, origin }) =>
            h(
              "li",
              { "data-key": `${time} ${origin}` },
              h(
                "div",
                {},
                h("div", {}, titles[origin] ?? titles.legacy),
                h("div", { class: "second" }, day(time), " · ", reason),
              ),
              h("div", { class: "range second" }, before === undefined ? "" : `${interval(before)} →`),
              h("div", { class: "share plan" }, interval(seconds)),
            ),
          ),
        ),
  );
}
