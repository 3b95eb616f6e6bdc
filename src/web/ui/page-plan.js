import { anchorAt, areNear, chart } from "./chart.js";
import { h, verbatim } from "./dom.js";
import { Fetched } from "./fetched.js";
import { count, interval, number, percent } from "./format.js";
import { icon } from "./icons.js";
import { me } from "./me.js";
import { differs } from "./page-overview.js";
import { entityLink } from "./entity-link.js";
import { verdictCard } from "./verdict-card.js";
import { say } from "./words.js";

/** @import { PanelState } from "../overview-change.ts" */
/** @import { BusOverview } from "#model/overview.ts" */
/** @import { EntityRow } from "../entity-row.ts" */
/** @import { LoadCurve } from "#model/load-curve.ts" */
/** @import { PlanPatch } from "#model/plan-patch.ts" */
/** @import { PlanPreview } from "#model/plan-preview.ts" */

/** @type {Fetched<PlanPatch>} */
const patches = new Fetched("api/plan/patch");

/** @type {Map<string, Fetched<PlanPreview>>} */
const previews = new Map();

/**
 * @param {PanelState} state
 * @param {URLSearchParams} query bus: whose curve, share: another budget that is looked at
 * @param {() => void} redraw
 */
export function planPage(state, query, redraw) {
  patches.ask(redraw);
  me.ask(redraw);
  const changes = state.entities.filter(differs);
  const chosen =
    state.buses.find(({ bus }) => bus.id === query.get("bus")) ?? state.buses.find(({ plan }) => plan !== undefined);
  const curve =
    chosen === undefined
      ? undefined
      : fetchedOf(curves, `api/plan/curve?bus=${encodeURIComponent(chosen.bus.id)}`, redraw).value;
  const share = Number(query.get("share"));
  const preview =
    chosen === undefined || !(share > 0)
      ? undefined
      : fetchedOf(previews, `api/plan/preview?bus=${encodeURIComponent(chosen.bus.id)}&share=${share}`, redraw);
  return [
    planVerdict(state, changes),
    chosen !== undefined && curve !== undefined && curveCard(state, chosen, curve, share, preview?.value),
    patchCard(curve !== undefined),
    ...state.buses.map(busCard),
    preview?.value === undefined ? changesTable(changes) : previewTable(state, preview.value),
    ...state.buses.map((bus) => requestsCard(bus, state)),
  ];
}

/** @type {Map<string, Fetched<LoadCurve>>} */
const curves = new Map();
const mostKept = 100;

/**
 * @template Value
 * @param {Map<string, Fetched<Value>>} known
 * @param {string} path
 * @param {() => void} redraw
 */
function fetchedOf(known, path, redraw) {
  const fetched = known.get(path) ?? new Fetched(path, 60_000);
  known.set(path, fetched);
  for (const key of [...known.keys()].slice(0, -mostKept)) known.delete(key);
  fetched.ask(redraw);
  return fetched;
}

/**
 * @param {PanelState} state
 * @param {readonly EntityRow[]} changes
 */
function planVerdict(state, changes) {
  const patch = patches.value;
  const isDriven = state.drive.isOn;
  const mayAct = me.value?.isAdministrator === true;
  return verdictCard(
    verdict(state, changes),
    pairs(state.buses),
    isDriven
      ? "The drive asks Home Assistant for reads; your intervals are changed by nobody but you."
      : "Nothing is changed until you do it.",
    h(
      "div",
      { class: "buttons" },
      patch !== undefined &&
        patch.files.length > 0 &&
        h("a", { class: "button", href: "api/plan/patch.diff", download: true }, "Download the changes"),
      changes.length > 0 &&
        h(
          "a",
          { class: "button quiet-button", href: "api/plan/automations.yaml", download: true },
          "Automations instead",
        ),
      mayAct
        ? h(
            "button",
            {
              type: "button",
              class: "quiet-button",
              "data-action": "confirm",
              "data-value": `api/drive?on=${isDriven ? 0 : 1}`,
              "data-title": isDriven ? "Stop the drive?" : "Let Cadence ask for the reads?",
              "data-text": isDriven
                ? "Home Assistant reads as it is set up, from the next second on."
                : "It asks Home Assistant for single reads, one at a time and within the budget: entities with scan_interval 0 and those named in drive_entities. It can be stopped here at any time.",
              "data-button": isDriven ? "Stop the drive" : "Let Cadence drive",
            },
            isDriven ? "Stop the drive" : "Let Cadence drive it",
          )
        : me.value !== undefined &&
            h("span", { class: "second" }, "The drive is switched on and off by administrators."),
    ),
  );
}

const policyWords = {
  best: "best possible, known afterwards",
  plan: "this plan",
  even: "all at the same interval",
  changes: "the more it changes, the more often",
};
/** More reads than that gain less than so much, in shares. */
const hardly = 0.005;
const leastLoss = 0.0005;

/**
 * Error against load for each way to share the reads.
 * @param {PanelState} state
 * @param {BusOverview} overview
 * @param {LoadCurve} curve
 * @param {number} share that is looked at; 0 for none
 * @param {PlanPreview | undefined} preview
 */
function curveCard(state, { bus, budget }, curve, share, preview) {
  const { shares, losses, present, proposed } = curve;
  const all = [...Object.values(losses).flat(), present.loss, proposed.loss].map((loss) => Math.max(leastLoss, loss));
  const steps = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];
  const [low, high] = [
    steps.findLast((step) => step <= Math.min(...all)) ?? leastLoss,
    steps.find((step) => step >= Math.max(...all)) ?? 1,
  ];
  const least = 1.15 * Math.max(0.01, shares.at(-1) ?? 1, present.share, proposed.share);
  // A budget far beyond what may ever be used would press everything to the left.
  const widest = Math.min(1, budget <= 2 * least ? Math.max(least, budget * 1.1) : least);
  const asked = share > 0 ? share : budget;
  const x = (/** @type {number} */ value) => Math.min(1, value / widest);
  const y = (/** @type {number} */ loss) =>
    Math.max(0, Math.log(Math.max(leastLoss, loss) / low) / Math.log(high / low));
  const end = shares.length - 1;
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const names = /** @type {const} */ (["even", "changes", "best", "plan"]);
  const wanted = names.map((name) => ({ name, y: y(losses[name][end] ?? 0) }));
  // Lines that end together are named below: words on words say nothing.
  const labels = areApart(wanted) ? wanted.map(({ name, y: place }) => ({ name, place })) : [];
  return h(
    "section",
    { class: "card wide" },
    h(
      "div",
      { class: "head" },
      h("h2", {}, "Error against load"),
      h("span", { class: "second" }, verbatim(bus.name), " · how far values are off, of their range, on a log scale"),
    ),
    state.buses.filter(({ plan }) => plan !== undefined).length > 1 &&
      h(
        "div",
        { class: "chips" },
        state.buses
          .filter(({ plan }) => plan !== undefined)
          .map((each) =>
            h(
              "a",
              {
                class: "chip",
                href: `?page=plan&bus=${encodeURIComponent(each.bus.id)}`,
                "data-action": "go",
                "aria-current": each.bus.id === bus.id ? "true" : undefined,
              },
              verbatim(each.bus.name),
            ),
          ),
      ),
    chart({
      label: `Error against load of ${bus.name}: now ${percent(present.share)} of the line and off by ${percent(present.loss)}, with the plan ${percent(proposed.share)} and ${percent(proposed.loss)}`,
      height: 260,
      rows: steps.filter((step) => step >= low && step <= high).map((step) => ({ y: y(step), text: percent(step) })),
      columns: ticks.map((tick) => ({
        x: tick,
        text: percent(Number((tick * widest).toPrecision(2))),
        anchor: anchorAt(tick),
      })),
      lines: names.map((name) => ({
        look: `policy-${name}`,
        points: shares.map((each, index) => [x(each), y(losses[name][index] ?? 0)]),
      })),
      rules:
        asked > widest
          ? []
          : [
              {
                x: x(asked),
                look: "budget-rule",
                text: share > 0 ? `looked at ${percent(asked)}` : `your budget ${percent(asked)}`,
              },
            ],
      labels: labels.map(({ name, place }) => ({
        x: x(shares[end] ?? 1),
        y: place,
        text: policyWords[name],
        look: `policy-${name}`,
        anchor: "end",
      })),
      marks: [
        {
          x: x(present.share),
          y: y(present.loss),
          shape: "dot",
          look: "now-mark",
          text: "you are here",
          below: `${percent(present.share)}, off ${percent(present.loss)}`,
        },
        {
          x: x(proposed.share),
          y: y(proposed.loss),
          shape: "diamond",
          look: "plan-mark",
          text: "proposed",
          below: `${percent(proposed.share)}, off ${percent(proposed.loss)}`,
          lift: areNear(x(present.share), x(proposed.share)) ? 34 : 0,
        },
      ],
    }),
    h(
      "p",
      { class: `legend second ${labels.length > 0 ? "narrow-only" : ""}` },
      names.map((name) =>
        h(
          "span",
          {},
          h(
            "svg",
            { class: "chart-swatch", "aria-hidden": "true", viewBox: "0 0 20 10" },
            h("path", { class: `line policy-${name}`, d: "M0 5H20" }),
          ),
          policyWords[name],
        ),
      ),
    ),
    h("p", { class: "second" }, "Share of the line used. Measured on values that none but the best possible had seen."),
    h(
      "div",
      { class: "slider" },
      h("label", { for: "budget" }, "Your budget"),
      h("input", {
        id: "budget",
        type: "range",
        min: Math.max(0.01, Math.ceil((shares[0] ?? 0) * 100) / 100),
        max: widest,
        step: 0.01,
        value: asked,
        "data-action": "share",
      }),
      h("b", {}, percent(asked)),
    ),
    h("p", { class: "second", role: "status" }, share > 0 ? previewSentence(curve, preview) : payingSentence(curve)),
    share > 0 &&
      h(
        "div",
        { class: "buttons" },
        me.value?.isAdministrator === true &&
          h(
            "button",
            { type: "button", "data-action": "act", "data-value": `api/budget?share=${share}` },
            `Set the budget to ${percent(share)}`,
          ),
        h(
          "a",
          { class: "button quiet-button", href: `?page=plan&bus=${encodeURIComponent(bus.id)}`, "data-action": "go" },
          "Back to the plan",
        ),
      ),
  );
}

/** Room that a label takes, of the height of the chart. */
const labelRoom = 0.075;

/** @param {readonly { y: number }[]} labels */
function areApart(labels) {
  const places = labels.map(({ y }) => y).toSorted((a, b) => a - b);
  return places.every((place, index) => index === 0 || place - (places[index - 1] ?? 0) >= labelRoom);
}

/**
 * @param {LoadCurve} curve
 * @param {number} share
 */
function lossAt({ shares, losses: { plan } }, share) {
  const next = shares.findIndex((each) => each >= share);
  if (next === -1) return plan.at(-1) ?? 0;
  if (next === 0) return plan[0] ?? 0;
  const [low, high] = [shares[next - 1], shares[next]];
  const part = (share - low) / (high - low);
  return (plan[next - 1] ?? 0) * (1 - part) + (plan[next] ?? 0) * part;
}

/**
 * @param {LoadCurve} curve
 * @param {PlanPreview | undefined} preview
 */
function previewSentence(curve, preview) {
  if (preview === undefined) return "Working out …";
  const { share, shareAfter, changes } = preview;
  return `With ${percent(share)} of the line the plan takes ${percent(shareAfter)}: ${count(changes.length)} intervals change, values are off by ${percent(lossAt(curve, shareAfter))} of their range.`;
}

/** @param {LoadCurve} curve */
function payingSentence({ shares, losses: { plan } }) {
  const least = Math.min(...plan);
  const enough = plan.findIndex((loss) => loss <= least + hardly);
  const [gain, at] = [((plan[enough] ?? 0) - least) * 100, shares[enough] ?? 1];
  return `Above ${percent(at)} of the line more reads hardly pay: all of it would gain only ${number(Number(gain.toFixed(1)))} points more.`;
}

/**
 * @param {PanelState} state
 * @param {PlanPreview} preview
 */
function previewTable(state, { changes, share }) {
  const known = new Map(state.entities.map((overview) => [overview.entity.entityId, overview]));
  const rows = changes.flatMap(({ entityId, present, proposed, loss, lossAfter, reason }) => {
    const overview = known.get(entityId);
    if (overview === undefined) return [];
    /** @type {"slower" | "faster"} */
    const action = proposed > present ? "slower" : "faster";
    return [
      {
        ...overview,
        advice: {
          entityId,
          action,
          present,
          recommended: proposed,
          reason,
          ...(loss === undefined ? {} : { loss }),
          ...(lossAfter === undefined ? {} : { lossAfter }),
        },
      },
    ];
  });
  return changesTable(rows, `Before and after, with ${percent(share)} of the line`);
}

/**
 * @param {PanelState} state
 * @param {readonly EntityRow[]} changes
 * @returns {import("#diagnostics/verdict.ts").Verdict}
 */
function verdict({ buses, entities }, changes) {
  const planned = buses.filter(({ plan }) => plan !== undefined);
  const proven = planned.find(({ plan }) => plan?.isProven === true);
  // The name before it belongs to no sentence that can be translated.
  if (proven?.plan !== undefined) return { mood: "good", sentence: `${proven.bus.name}: ${say(proven.plan.sentence)}` };
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
      h("h2", {}, verbatim(bus.name)),
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
      (plan.spared >= 0
        ? `Loss spared on values it had not seen: ${points(plan.spared)}, between ${points(plan.low)} and ${points(plan.high)} (95 %). `
        : `Loss added on values it had not seen: ${points(-plan.spared)}, between ${points(-plan.high)} and ${points(-plan.low)} (95 %). `) +
        `${percent(load.utilisation)} of the line is asked for now, ${percent(load.utilisationAfter)} with the plan.`,
    ),
  );
}

/** @param {number} share */
function points(share) {
  return `${number(Number((share * 100).toFixed(2)))} points`;
}

/** Thousands of rows would be made anew each second; those that take most of the line stand first. */
const shownChanges = 200;

/**
 * @param {readonly EntityRow[]} changes
 * @param {string} [title]
 */
function changesTable(changes, title = "Before and after") {
  return h(
    "section",
    { class: "card table" },
    h("div", { class: "head" }, h("h2", {}, title)),
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
          h("tbody", {}, changes.slice(0, shownChanges).map(changeRow)),
        ),
    changes.length > shownChanges &&
      h(
        "p",
        { class: "second" },
        `${count(changes.length - shownChanges)} others`,
        ": ",
        h("a", { href: "?page=entities&only=advice", "data-action": "go" }, "All of them, one by one"),
      ),
  );
}

/** @param {EntityRow} overview */
function changeRow({ entity, advice }) {
  const share = (/** @type {number | undefined} */ loss) => (loss === undefined ? "–" : percent(loss));
  return h(
    "tr",
    { "data-key": entity.entityId },
    h("td", { class: "name" }, entityLink(entity), h("div", { class: "second reason" }, advice?.reason ?? "")),
    h("td", { class: "number" }, interval(advice?.present)),
    h("td", { class: "number plan" }, interval(advice?.recommended)),
    h("td", { class: "number second wide-only" }, share(advice?.loss)),
    h("td", { class: "number second wide-only" }, share(advice?.lossAfter)),
    h("td", { class: "why second wide-only" }, advice?.reason ?? ""),
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

/** @param {boolean} isBeside */
function patchCard(isBeside) {
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
    { class: `card table ${isBeside ? "narrow" : ""}` },
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
  return h("span", { class: look }, verbatim(`${line}\n`));
}
