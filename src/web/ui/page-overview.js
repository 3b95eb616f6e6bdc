import { h } from "./dom.js";
import { bytes, count, day, interval, number, percent } from "./format.js";
import { gauge, gaugeAxis } from "./gauge.js";
import { historyEvents } from "./history-events.js";
import { icon } from "./icons.js";
import { verdictCard } from "./verdict-card.js";

/** @import { PanelState } from "../overview-change.ts" */
/** @import { BusOverview } from "#model/overview.ts" */
/** @import { EntityRow } from "../entity-row.ts" */

/**
 * @param {PanelState} state
 * @param {URLSearchParams} query buses: all, where the fine ones are not folded
 * @param {() => void} redraw
 */
export function overviewPage(state, query, redraw) {
  historyEvents.ask(redraw);
  return [
    verdictCard(state.verdict, verdictPairs(state), undefined, verdictButtons(state)),
    busesCard(state.buses, query.get("buses") === "all"),
    changesCard(state.entities),
    connectionCard(state),
    dataCard(state),
    latelyCard(),
    h(
      "p",
      { class: "footnote second" },
      `“Noticeably” means by more than 2 % of the range a value was seen in, or one step of it. ${
        state.drive.isOn
          ? "The drive asks Home Assistant for reads; your intervals are changed by nobody but you."
          : "Nothing is changed until you do it."
      }`,
    ),
  ];
}

/** @param {PanelState} state */
function verdictPairs({ buses, entities }) {
  const [worst] = buses;
  if (worst === undefined || worst.load.counted === 0) return [];
  const { utilisation, utilisationAfter, requestsPerSecond, serviceSeconds } = worst.load;
  const changes = entities.filter(differs).length;
  return [
    { title: "Asked of the line", now: percent(utilisation), plan: percent(utilisationAfter) },
    { title: "Reads a second", now: number(requestsPerSecond), plan: number(utilisationAfter / serviceSeconds) },
    { title: "Intervals to change", now: `${count(changes)} of ${count(entities.length)}`, plan: undefined },
  ];
}

/** @param {PanelState} state */
function verdictButtons({ verdict: { mood }, buses, entities }) {
  // Quiet when all is well.
  if (!entities.some(differs)) return undefined;
  const isSlow = mood === "bad" || mood === "warning";
  return h(
    "div",
    { class: "buttons" },
    h(
      "a",
      { class: `button ${isSlow ? "" : "quiet-button"}`, href: "?page=plan", "data-action": "go" },
      "See the plan",
    ),
    isSlow &&
      buses.length > 0 &&
      h(
        "a",
        { class: "button quiet-button", href: "?page=entities&sort=share", "data-action": "go" },
        "Why is it slow?",
      ),
  );
}

const shownEvents = 5;

function latelyCard() {
  const events = historyEvents.value ?? [];
  return h(
    "section",
    { class: "card third" },
    h(
      "div",
      { class: "head" },
      h("h2", {}, "Lately"),
      h("a", { class: "second", href: "?page=history", "data-action": "go" }, "All of it"),
    ),
    events.length === 0
      ? h(
          "p",
          { class: "second" },
          historyEvents.value === undefined ? "Reading what happened …" : "Nothing has happened yet.",
        )
      : h(
          "dl",
          { class: "facts" },
          events.slice(0, shownEvents).map(({ time, title }) => [h("dt", {}, day(time)), h("dd", {}, title)]),
        ),
  );
}

/** @param {EntityRow} entity */
export function differs({ advice }) {
  return advice?.action === "slower" || advice?.action === "faster";
}

/** With more buses than this the fine ones are one line. */
const unfoldedBuses = 8;

/**
 * @param {readonly BusOverview[]} buses
 * @param {boolean} isUnfolded
 */
function busesCard(buses, isUnfolded) {
  const [first] = buses;
  const isFolded = buses.length > unfoldedBuses && !isUnfolded;
  const fine = isFolded ? buses.filter((each) => moodOf(each) === "good") : [];
  const shown = buses.filter((each) => !fine.includes(each));
  return h(
    "section",
    { class: "card wide" },
    h(
      "div",
      { class: "head" },
      h("h2", {}, "Buses"),
      h(
        "div",
        { class: "legend second" },
        h("span", {}, swatch("present"), "now"),
        h("span", {}, swatch("proposed"), "with the advice"),
        h("span", {}, "share of the line's time asked for"),
      ),
    ),
    first === undefined
      ? h("p", { class: "second" }, "No bus is known yet.")
      : h("div", { class: "bus axis" }, h("span"), gaugeAxis(first.budget), h("span")),
    shown.map(busRow),
    fine.length > 0 &&
      h(
        "p",
        { class: "bus-rest" },
        h("span", { class: "good" }, icon("good")),
        ` ${count(fine.length)} more are fine. `,
        h("a", { href: "?page=overview&buses=all", "data-action": "go" }, "Show them"),
      ),
  );
}

/** @param {"present" | "proposed"} name */
function swatch(name) {
  return h("svg", { class: "swatch", "aria-hidden": "true" }, h("rect", { class: name, width: 14, height: 10, rx: 2 }));
}

const kinds = {
  tcp: "Modbus TCP",
  udp: "Modbus UDP",
  rtuovertcp: "RTU over TCP",
  serial: "RS-485",
  unknown: "kind of line not known",
};

/** @type {Record<import("#model/drive.ts").DriveState, "good" | "warning" | "learning">} */
const driveMoods = {
  off: "good",
  waiting: "warning",
  learning: "learning",
  driving: "good",
  yielding: "warning",
  paused: "good",
};

/** @param {BusOverview} overview */
function moodOf({ load, budget }) {
  return load.counted === 0
    ? "learning"
    : load.utilisation > 0.95
      ? "bad"
      : load.utilisation > budget
        ? "warning"
        : "good";
}

/** @param {BusOverview} overview */
function busRow(overview) {
  const { bus, load, budget, sentence, plan, drive } = overview;
  const mood = moodOf(overview);
  const units =
    bus.units.length === 0 ? "" : `${count(bus.units.length)} ${bus.units.length === 1 ? "unit" : "units"} · `;
  const origin = load.serviceOrigin === "assumed" ? "assumed" : "each";
  return h(
    "article",
    { class: "bus", "data-key": bus.id },
    h(
      "div",
      {},
      h("h3", {}, bus.name),
      h("p", { class: "second" }, `${kinds[bus.type]}${bus.endpoint === "" ? "" : `, ${bus.endpoint}`}`),
      h("p", { class: "second" }, `${units}${count(bus.entityIds.length)} entities`),
    ),
    gauge({
      name: bus.name,
      now: load.utilisation,
      silent: load.timeOutShare,
      plan: load.utilisationAfter,
      budget,
    }),
    load.counted === 0
      ? h("div", { class: "figures second" }, "not known yet")
      : h(
          "div",
          { class: "figures" },
          h(
            "div",
            {},
            h("b", { class: mood === "good" ? "" : mood }, percent(load.utilisation)),
            h("span", { class: "second" }, " now"),
          ),
          h("div", { class: "plan" }, percent(load.utilisationAfter), h("span", { class: "second" }, " advice")),
        ),
    h(
      "p",
      { class: "sentence" },
      h("span", { class: mood }, icon(mood)),
      h(
        "span",
        {},
        h("span", { class: mood }, sentence),
        load.counted > 0 &&
          h(
            "span",
            { class: "second" },
            ` ${number(load.requestsPerSecond)} reads a second at ${interval(load.serviceSeconds)} ${origin}` +
              `${load.uncounted === 0 ? "" : `; ${count(load.uncounted)} entities without a read not counted`}.`,
          ),
        plan !== undefined && h("span", { class: "second" }, ` ${plan.sentence}`),
      ),
    ),
    drive !== undefined &&
      h(
        "p",
        { class: "sentence" },
        h("span", { class: driveMoods[drive.state] }, icon(driveMoods[drive.state])),
        h("span", {}, h("b", {}, "Drive: "), drive.sentence),
      ),
  );
}

/** What the kinds are called when several are spoken of. */
const groupNames = {
  constant: { one: "constant", many: "constants", why: "did not change" },
  counter: { one: "counter", many: "counters", why: "late values lose nothing" },
  binary: { one: "switch", many: "switches", why: "switch seldom" },
  enum: { one: "mode", many: "modes", why: "switch seldom" },
  text: { one: "text", many: "texts", why: "change seldom" },
  numeric: { one: "slow value", many: "slow values", why: "need longer to move noticeably" },
  noise: { one: "noisy value", many: "noisy values", why: "differ only by noise" },
};
const mostGroups = 5;

/** @param {readonly EntityRow[]} entities */
function changesCard(entities) {
  const groups = Map.groupBy(entities.filter(differs), ({ advice, statistics }) =>
    /noise/i.test(advice?.reason ?? "") ? "noise" : (statistics?.kind ?? "numeric"),
  );
  const rows = [...groups]
    .map(([kind, members]) => ({ kind, members, freed: freedBy(members) }))
    .toSorted((a, b) => b.freed - a.freed)
    .slice(0, mostGroups);
  return h(
    "section",
    { class: "card narrow" },
    h("div", { class: "head" }, h("h2", {}, "What to change"), h("span", { class: "second" }, "frees, of the line")),
    rows.length === 0
      ? h("p", { class: "second" }, "Nothing: your intervals fit, or too little is known yet.")
      : h("ul", { class: "changes" }, rows.map(changeRow)),
    rows.length > 0 &&
      h("p", {}, h("a", { href: "?page=entities&only=advice", "data-action": "go" }, "All of them, one by one")),
  );
}

/** @param {{ kind: string, members: readonly EntityRow[], freed: number }} row */
function changeRow({ kind, members, freed }) {
  const { one, many, why } = groupNames[kind] ?? groupNames.numeric;
  const name = members.length === 1 ? one : many;
  return h(
    "li",
    { "data-key": kind },
    h("div", {}, h("div", {}, `${count(members.length)} ${name}`), h("div", { class: "second" }, why)),
    h(
      "div",
      { class: "range" },
      h("span", { class: "second" }, `${range(members.map(({ advice }) => advice?.present))} → `),
      h("span", { class: "plan" }, range(members.map(({ advice }) => advice?.recommended))),
    ),
    h("div", { class: "share" }, percent(freed)),
  );
}

/** @param {readonly EntityRow[]} members */
function freedBy(members) {
  return members.reduce((sum, { advice }) => sum + (advice?.share ?? 0) - (advice?.shareAfter ?? 0), 0);
}

/** @param {readonly (number | undefined)[]} seconds */
function range(seconds) {
  const known = seconds.filter((value) => value !== undefined);
  const low = interval(Math.min(...known));
  const high = interval(Math.max(...known));
  return low === high ? low : `${low} – ${high}`;
}

/** @param {PanelState} state */
function connectionCard({ at, connection, ingest, publishing }) {
  const degraded = connection.state === "degraded";
  const live = degraded || connection.state === "live";
  return h(
    "section",
    { class: "card third" },
    h(
      "div",
      { class: "head" },
      h("h2", {}, "Home Assistant"),
      h(
        "span",
        { class: `state ${live && !degraded ? "good" : "warning"}` },
        icon(live && !degraded ? "good" : "warning"),
        live && !degraded ? "connected" : connection.state,
      ),
    ),
    facts([
      [live ? "Connected for" : "Away for", interval((at - connection.since) / 1_000)],
      ["Version", connection.version ?? "not known"],
      ["Followed", `${count(ingest.entities)} entities`],
      ["Values", `${number(Number(ingest.ratePerSecond.toFixed(1)))} per second, ${behind(ingest.lagMilliseconds)}`],
      ["Gaps", gapText(ingest.gaps, ingest.openGaps)],
      ["Refused", ingest.refused === 0 ? "none" : `${count(ingest.refused)}, asked for again`],
      ...(publishing.cause === undefined ? [] : [/** @type {[string, string]} */ (["Our sensors", publishing.cause])]),
      ...(connection.missing ?? []).map((sentence) => /** @type {[string, string]} */ (["Not told", sentence])),
    ]),
  );
}

/** @param {number | undefined} milliseconds */
function behind(milliseconds) {
  return milliseconds === undefined ? "none seen live yet" : `${number(milliseconds / 1_000)}\u00a0s behind`;
}

/**
 * @param {number} total
 * @param {number} open
 */
function gapText(total, open) {
  if (open > 0) return "being filled from history";
  return total === 0 ? "none" : `${count(total)} since the start, filled from history`;
}

/** @param {PanelState} state */
function dataCard({ storage }) {
  const safe = storage.status === "ok";
  const span = ((storage.newest ?? 0) - (storage.oldest ?? 0)) / 1_000;
  return h(
    "section",
    { class: "card third" },
    h(
      "div",
      { class: "head" },
      h("h2", {}, "Your data"),
      h(
        "span",
        { class: `state ${safe ? "good" : "bad"}` },
        icon(safe ? "good" : "bad"),
        safe ? "safe" : storage.status,
      ),
    ),
    facts([
      ["Kept", storage.samples === 0 ? "nothing yet" : `${interval(span)}, ${count(storage.samples)} values`],
      [
        "Size",
        storage.samples === 0
          ? bytes(storage.bytes)
          : `${bytes(storage.bytes)}, ${number(storage.bytesPerSample)} bytes a value`,
      ],
      [
        "Written",
        storage.bytesPerDay === undefined
          ? "not known yet"
          : `${bytes(storage.bytesPerDay)} a day, at the rate of the last hour`,
      ],
      ["Damaged", storage.damagedFrames === 0 ? "nothing" : `${count(storage.damagedFrames)} frames`],
      ["Free disk", storage.freeDiskBytes === undefined ? "not known" : bytes(storage.freeDiskBytes)],
    ]),
  );
}

/** @param {readonly (readonly [title: string, text: unknown])[]} rows */
export function facts(rows) {
  return h(
    "dl",
    { class: "facts" },
    rows.map(([title, text]) => [h("dt", {}, title), h("dd", {}, text)]),
  );
}
