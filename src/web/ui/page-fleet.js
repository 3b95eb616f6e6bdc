import { h, verbatim } from "./dom.js";
import { Fetched } from "./fetched.js";
import { clockTime, count, interval, percent } from "./format.js";
import { gauge } from "./gauge.js";
import { verdictCard } from "./verdict-card.js";

/** @import { PanelState } from "../overview-change.ts" */
/** @import { Fleet, FleetSite } from "#model/fleet.ts" */

/** @type {Fetched<Fleet>} */
const fleet = new Fetched("api/fleet", 15_000);
/** A site that has not told of itself for so long is away. */
const awayAfter = 300_000;

/**
 * @param {PanelState} _state
 * @param {URLSearchParams} _query
 * @param {() => void} redraw
 */
export function fleetPage(_state, _query, redraw) {
  fleet.ask(redraw);
  const known = fleet.value;
  if (known === undefined) {
    const sentence = fleet.failed ? "The sites could not be fetched. It is tried again." : "Asking for the sites …";
    return [verdictCard({ mood: fleet.failed ? "warning" : "learning", sentence }, [])];
  }
  const { sites, failure } = known;
  const away = sites.filter(isAway).length;
  const busy = sites.filter(({ health }) => health?.buses.some(isOver) === true).length;
  const sentence =
    failure === undefined
      ? `${count(sites.length)} sites: ${count(away)} away, ${count(busy)} with a bus over its budget.`
      : "The server of all sites is away. Everything is kept here and sent later.";
  const mood = failure !== undefined || away + busy > 0 ? "warning" : "good";
  return [verdictCard({ mood, sentence }, [], failure), ...sites.map(siteCard)];
}

/** @param {FleetSite} site */
function isAway({ toldAt }) {
  return toldAt === undefined || Date.now() - toldAt > awayAfter;
}

/** @param {{ utilisation: number, budget: number }} bus */
function isOver({ utilisation, budget }) {
  return utilisation > budget;
}

/** @param {FleetSite} site */
function siteCard(site) {
  const { health, isOwn, samples, entities, shippedUntil, toldAt } = site;
  const behind = shippedUntil === undefined ? undefined : Math.max(0, Date.now() - shippedUntil) / 1_000;
  return h(
    "section",
    { class: "card half", "data-key": site.site },
    h(
      "div",
      { class: "head" },
      h("h2", {}, verbatim(site.site), isOwn && " · this one"),
      h(
        "span",
        { class: `state ${isAway(site) ? "warning" : "good"}` },
        isAway(site) ? (toldAt === undefined ? "has not told yet" : `away since ${clockTime(toldAt)}`) : "here",
      ),
    ),
    h(
      "p",
      { class: "second" },
      `${count(entities)} entities, ${count(samples)} values on the server`,
      behind === undefined ? "" : `, complete up to ${interval(Math.max(1, behind))} ago`,
      health === undefined ? "" : `; version ${health.version}, store ${health.storage}`,
    ),
    (health?.buses ?? []).map((bus) =>
      h(
        "div",
        { class: "site-bus", "data-key": bus.name },
        h("span", {}, verbatim(bus.name)),
        gauge({ name: bus.name, now: bus.utilisation, silent: 0, plan: bus.utilisationAfter, budget: bus.budget }),
        h("b", { class: isOver(bus) ? "warning" : "" }, bus.isKnown ? percent(bus.utilisation) : "–"),
      ),
    ),
  );
}
