import { h } from "./dom.js";
import { bytes, clockTime, count, interval, number } from "./format.js";
import { icon } from "./icons.js";
import { facts } from "./page-overview.js";
import { verdictCard } from "./verdict-card.js";

/** @import { PanelState } from "../overview-change.ts" */

const shownEntities = 20;

/** @param {PanelState} state */
export function storagePage({ at, storage, entities }) {
  const span = ((storage.newest ?? 0) - (storage.oldest ?? 0)) / 1_000;
  const sentence =
    storage.samples === 0
      ? "Nothing is stored yet."
      : `${interval(span)} of ${count(storage.series)} entities in ${bytes(storage.bytes)}. ${number(storage.bytesPerSample)} bytes a value${
          storage.bytesPerDay === undefined ? "" : `, ${bytes(storage.bytesPerDay)} written a day`
        }.`;
  return [
    verdictCard(
      { mood: storage.status === "ok" ? "good" : "bad", sentence },
      [],
      storage.cause ??
        "Every value is kept as Home Assistant printed it. What is acknowledged survives the end of the program.",
    ),
    h(
      "section",
      { class: "card half" },
      h(
        "div",
        { class: "head" },
        h("h2", {}, "State"),
        h(
          "span",
          { class: `state ${storage.status === "ok" ? "good" : "bad"}` },
          icon(storage.status === "ok" ? "good" : "bad"),
          storage.status === "ok" ? "safe" : storage.status,
        ),
      ),
      facts([
        ["Chunks", count(storage.chunks)],
        ["Damaged frames", storage.damagedFrames === 0 ? "none" : count(storage.damagedFrames)],
        [
          "Last commit",
          storage.lastCommitAt === undefined
            ? "none yet"
            : `${interval(Math.max(0, at - storage.lastCommitAt) / 1_000)} ago`,
        ],
        ["Commit took", storage.commitMilliseconds === undefined ? "–" : interval(storage.commitMilliseconds / 1_000)],
        ["Free disk", storage.freeDiskBytes === undefined ? "not known" : bytes(storage.freeDiskBytes)],
      ]),
    ),
    h(
      "section",
      { class: "card half" },
      h("div", { class: "head" }, h("h2", {}, "Written"), h("span", { class: "second" }, "since the daemon started")),
      facts([
        ["Since the start", bytes(storage.bytesWritten)],
        [
          "A day",
          storage.bytesPerDay === undefined
            ? "not known yet"
            : `${bytes(storage.bytesPerDay)}, at the rate of the last hour`,
        ],
        ["Last backup", storage.lastBackupAt === undefined ? "none yet" : clockTime(storage.lastBackupAt)],
        ["Oldest value", storage.oldest === undefined ? "–" : clockTime(storage.oldest)],
        ["Newest value", storage.newest === undefined ? "–" : clockTime(storage.newest)],
      ]),
    ),
    roomCard(entities),
  ];
}

/** @param {PanelState["entities"]} entities */
function roomCard(entities) {
  const rows = entities
    .flatMap(({ entity, statistics }) => (statistics === undefined ? [] : [{ entity, samples: statistics.samples }]))
    .toSorted((a, b) => b.samples - a.samples);
  const most = rows[0]?.samples ?? 1;
  const others = rows.slice(shownEntities);
  return h(
    "section",
    { class: "card table" },
    h("div", { class: "head" }, h("h2", {}, "Most values")),
    h(
      "table",
      {},
      h("caption", { class: "hidden-text" }, "Entities with the most values"),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, "Entity"),
          h("th", { scope: "col", class: "number" }, "Values"),
          h("th", { class: "bar-cell" }),
        ),
      ),
      h(
        "tbody",
        {},
        rows
          .slice(0, shownEntities)
          .map(({ entity, samples }) =>
            h(
              "tr",
              { "data-key": entity.entityId },
              h("td", { class: "name" }, entity.name),
              h("td", { class: "number" }, count(samples)),
              h(
                "td",
                { class: "bar-cell" },
                h(
                  "svg",
                  { class: "room", "aria-hidden": "true" },
                  h("rect", { width: "100%", height: 8, rx: 4 }),
                  h("rect", { width: `${(samples / most) * 100}%`, height: 8, rx: 4 }),
                ),
              ),
            ),
          ),
        others.length > 0 &&
          h(
            "tr",
            {},
            h("td", {}, `${count(others.length)} others`),
            h("td", { class: "number" }, count(others.reduce((sum, { samples }) => sum + samples, 0))),
            h("td", { class: "bar-cell" }),
          ),
      ),
    ),
  );
}
