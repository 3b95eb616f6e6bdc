import { h } from "./dom.js";
import { Fetched } from "./fetched.js";
import { count, interval, number, percent } from "./format.js";
import { icon } from "./icons.js";
import { differs } from "./page-overview.js";
import { verdictCard } from "./verdict-card.js";

/** @import { PanelState } from "../overview-change.ts" */
/** @import { BusOverview, EntityOverview } from "#model/overview.ts" */
/** @import { PlanPatch } from "#model/plan-patch.ts" */

/** @type {Fetched<PlanPatch>} */
const patches = new Fetched("api/plan/patch");

/**
 * @param {PanelState} state
 * @param {URLSearchParams} _query
 * @param {() => void} redraw
 */
export function planPage(state, _query, redraw) {
  patches.ask(redraw);
  const changes = state.entities.filter(differs);
  return [
    verdictCard(verdict(state, changes), pairs(state.buses), "Nothing is changed until you do it."),
    ...state.buses.map(busCard),
    changesTable(changes),
    patchCard(),
    ...state.buses.map((bus) => requestsCard(bus, state)),
  ];
}

/**
 * @param {PanelState} state
 * @param {readonly EntityOverview[]} changes
 * @returns {import("#diagnostics/verdict.ts").Verdict}
 */
function verdict({ buses, entities }, changes) {
  const planned = buses.filter(({ plan }) => plan !== undefined);
  const proven = planned.find(({ plan }) => plan?.isProven === true);
  if (proven?.plan !== undefined) return { mood: "good", sentence: `${proven.bus.name}: ${proven.plan.sentence}` };
  if (planned.length > 0)
    return { mood: "good", sentence: "Your intervals are fine: no plan was better with confidence." };
  const learning = "Learning: a plan is tested once a day of values was seen.";
  return {
    mood: "learning",
    sentence:
      changes.length === 0
        ? learning
        : `${learning} First advice for ${count(changes.length)} of ${count(entities.length)} intervals is here.`,
  };
}

/** @param {readonly BusOverview[]} buses */
function pairs(buses) {
  const [worst] = buses;
  if (worst === undefined || worst.load.counted === 0) return [];
  const { utilisation, utilisationAfter, requestsPerSecond, serviceSeconds } = worst.load;
  return [
    { title: "Asked of the line", now: percent(utilisation), plan: percent(utilisationAfter) },
    { title: "Reads a second", now: number(requestsPerSecond), plan: number(utilisationAfter / serviceSeconds) },
    ...(worst.plan === undefined
      ? []
      : [{ title: "Off by, of the range", now: percent(worst.plan.loss), plan: percent(worst.plan.lossAfter) }]),
  ];
}

/** @param {BusOverview} overview */
function busCard({ bus, plan, load }) {
  if (plan === undefined)
    return h("section", { class: "hidden-text", "data-key": bus.id }, `${bus.name}: no plan yet.`);
  return h(
    "section",
    { class: "card half", "data-key": bus.id },
    h(
      "div",
      { class: "head" },
      h("h2", {}, bus.name),
      h(
        "span",
        { class: `state ${plan.isProven ? "good" : "second"}` },
        icon("good"),
        plan.isProven ? "proven" : "fine as it is",
      ),
    ),
    h("p", {}, plan.sentence),
    h(
      "p",
      { class: "second" },
      `Loss spared on values it had not seen: ${points(plan.spared)}, between ${points(plan.low)} and ${points(plan.high)} (95 %). ` +
        `${percent(load.utilisation)} of the line is asked for now, ${percent(load.utilisationAfter)} with the plan.`,
    ),
  );
}

/** @param {number} share */
function points(share) {
  return `${number(Number((share * 100).toFixed(2)))} points`;
}

/** @param {readonly EntityOverview[]} changes */
function changesTable(changes) {
  return h(
    "section",
    { class: "card table" },
    h("div", { class: "head" }, h("h2", {}, "Before and after"), downloads(changes)),
    changes.length === 0
      ? h("p", { class: "second" }, "There is nothing to change.")
      : h(
          "table",
          {},
          h("caption", { class: "hidden-text" }, "Intervals that should be others, and what that gains"),
          h(
            "thead",
            {},
            h(
              "tr",
              {},
              h("th", { scope: "col" }, "Entity"),
              h("th", { scope: "col", class: "number" }, "Really"),
              h("th", { scope: "col", class: "number" }, "Plan"),
              h("th", { scope: "col", class: "number wide-only" }, "Off now"),
              h("th", { scope: "col", class: "number wide-only" }, "Off then"),
              h("th", { scope: "col", class: "why wide-only" }, "Why"),
            ),
          ),
          h("tbody", {}, changes.map(changeRow)),
        ),
  );
}

/** @param {EntityOverview} overview */
function changeRow({ entity, advice }) {
  const share = (/** @type {number | undefined} */ loss) => (loss === undefined ? "–" : percent(loss));
  return h(
    "tr",
    { "data-key": entity.entityId },
    h("td", { class: "name" }, h("div", {}, entity.name), h("div", { class: "second reason" }, advice?.reason ?? "")),
    h("td", { class: "number" }, interval(advice?.present)),
    h("td", { class: "number plan" }, interval(advice?.recommended)),
    h("td", { class: "number second wide-only" }, share(advice?.loss)),
    h("td", { class: "number second wide-only" }, share(advice?.lossAfter)),
    h("td", { class: "why second wide-only" }, advice?.reason ?? ""),
  );
}

/** @param {readonly EntityOverview[]} changes */
function downloads(changes) {
  const patch = patches.value;
  return h(
    "span",
    { class: "second" },
    patch !== undefined &&
      patch.files.length > 0 && [
        h("a", { href: "api/plan/patch.diff", download: true }, "Download the changes"),
        " · ",
      ],
    changes.length > 0 && h("a", { href: "api/plan/automations.yaml", download: true }, "Automations instead"),
  );
}

const shownRequests = 12;

/**
 * What an integration could do that joins neighbouring registers; intervals alone cannot.
 * @param {BusOverview} overview
 * @param {PanelState} state
 */
function requestsCard({ bus, joined }, { entities }) {
  if (joined === undefined || joined.reads.length === 0) return h("section", { class: "hidden-text" });
  const names = new Map(entities.map(({ entity }) => [entity.entityId, entity.name]));
  const reads = joined.reads.toSorted((a, b) => b.share - a.share);
  const rest = reads.slice(shownRequests);
  return h(
    "section",
    { class: "card table", "data-key": `requests ${bus.id}` },
    h(
      "div",
      { class: "head" },
      h("h2", {}, `${bus.name} in ${count(reads.length)} ${reads.length === 1 ? "request" : "requests"}`),
      h("span", { class: "second" }, `${percent(joined.load)} of the line, if neighbours could be read together`),
    ),
    h(
      "table",
      {},
      h("caption", { class: "hidden-text" }, "Requests of an integration that joins neighbouring registers"),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col", class: "number" }, "Every"),
          h("th", { scope: "col" }, "Registers"),
          h("th", { scope: "col", class: "wide-only" }, "Values"),
          h("th", { scope: "col", class: "number" }, "Of the line"),
        ),
      ),
      h(
        "tbody",
        {},
        reads
          .slice(0, shownRequests)
          .map(({ unit, registerType, address, count: length, interval: every, share, entityIds }) =>
            h(
              "tr",
              { "data-key": `${unit} ${registerType} ${address}` },
              h("td", { class: "number" }, interval(every)),
              h("td", {}, `unit ${unit}, ${address}${length > 1 ? `–${address + length - 1}` : ""}`),
              h(
                "td",
                { class: "second wide-only" },
                `${entityIds
                  .slice(0, 3)
                  .map((entityId) => names.get(entityId) ?? entityId)
                  .join(", ")}${entityIds.length > 3 ? ` and ${count(entityIds.length - 3)} more` : ""}`,
              ),
              h("td", { class: "number" }, percent(share)),
            ),
          ),
      ),
    ),
    rest.length > 0 &&
      h(
        "p",
        { class: "second" },
        `${count(rest.length)} more, together ${percent(rest.reduce((sum, { share }) => sum + share, 0))} of the line.`,
      ),
  );
}

function patchCard() {
  const patch = patches.value;
  const reading = patches.failed
    ? "The changes could not be fetched; they are asked for again in a minute."
    : "Reading Home Assistant's configuration …";
  const body =
    patch === undefined
      ? h("p", { class: "second" }, reading)
      : patch.missing !== undefined
        ? h("p", { class: "second" }, patch.missing)
        : patch.files.length === 0
          ? h("p", { class: "second" }, "Nothing would be changed in your configuration.")
          : patch.files.map(({ file, lines }) =>
              h(
                "pre",
                { class: "diff", tabindex: 0, "aria-label": `Changes of ${file}`, "data-key": file },
                lines.map(diffLine),
              ),
            );
  return h(
    "section",
    { class: "card table" },
    h(
      "div",
      { class: "head" },
      h("h2", {}, "In your configuration"),
      h("span", { class: "second" }, "only these lines"),
    ),
    body,
  );
}

/** @param {string} line */
function diffLine(line) {
  const look = /^(?:---|\+\+\+|@@)/.test(line)
    ? "second"
    : line.startsWith("+")
      ? "added"
      : line.startsWith("-")
        ? "removed"
        : "";
  return h("span", { class: look }, `${line}\n`);
}
