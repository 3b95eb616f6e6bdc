import { anchorAt, chart, roundTicks } from "./chart.js";
import { h, verbatim } from "./dom.js";
import { entityLink } from "./entity-link.js";
import { Fetched } from "./fetched.js";
import { bytes, clockTime, count, day, interval, number, percent } from "./format.js";
import { icon } from "./icons.js";
import { me } from "./me.js";
import { facts } from "./page-overview.js";
import { verdictCard } from "./verdict-card.js";
import { say } from "./words.js";

/** @import { PanelState } from "../overview-change.ts" */

const shownEntities = 20;

/** @type {Fetched<import("#model/storage-detail.ts").StorageDetail>} */
const detail = new Fetched("api/storage", 10_000);

/**
 * @param {PanelState} state
 * @param {URLSearchParams} query chunk: the one that is looked at
 * @param {() => void} redraw
 */
export function storagePage({ at, storage, entities }, query, redraw) {
  detail.ask(redraw);
  me.ask(redraw);
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
    chunksCard(query.get("chunk")),
    verifyCard(storage),
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
    writtenCard(),
    backupsCard(storage),
    roomCard(entities),
  ];
}

/** @param {string | null} chosen */
function chunksCard(chosen) {
  const chunks = (detail.value?.chunks ?? []).filter(({ samples }) => samples > 0);
  const head = h(
    "div",
    { class: "head" },
    h("h2", {}, "Chunks on the time line"),
    h(
      "span",
      { class: "second" },
      `${count(detail.value?.chunks.length ?? 0)} chunks · width is time, height is bytes a value`,
    ),
  );
  if (chunks.length === 0) {
    const why = detail.value === undefined ? "Looking at the chunks …" : "No chunk is full yet: values are in the log.";
    return h("section", { class: "card wide" }, head, h("p", { class: "second" }, why));
  }
  const begin = Math.min(...chunks.map(({ from }) => from ?? Number.POSITIVE_INFINITY));
  const end = Math.max(...chunks.map(({ to }) => to ?? 0), begin + 1);
  const cost = (/** @type {typeof chunks[number]} */ { bytes: size, samples }) => size / samples;
  const ticks = roundTicks(Math.min(8, Math.max(...chunks.map(cost))));
  const top = ticks.at(-1) ?? 1;
  const at = (/** @type {number} */ time) => (time - begin) / (end - begin);
  const opened = chunks.find(({ name }) => name === chosen);
  const looks = { merged: "merged and dense", written: "as written", open: "open, written to now" };
  return h(
    "section",
    { class: "card wide" },
    head,
    chart({
      label: `${chunks.length} chunks from ${day(begin)} to ${day(end)}, ${number(Math.min(...chunks.map(cost)))} to ${number(Math.max(...chunks.map(cost)))} bytes a value`,
      height: 160,
      rows: ticks.map((value) => ({ y: value / top, text: `${number(value)} B` })),
      // What spans most stands behind.
      bars: chunks
        .toSorted((a, b) => (b.to ?? 0) - (b.from ?? 0) - (a.to ?? 0) + (a.from ?? 0))
        .map((chunk) => ({
          x: at(chunk.from ?? begin),
          width: Math.max(0.004, at(chunk.to ?? end) - at(chunk.from ?? begin)),
          height: Math.min(1, cost(chunk) / top),
          look: `chunk-${chunk.state}${chunk.name === chosen ? " chosen" : ""}`,
          value: chunk.name,
          title: `${chunk.name}: ${say(looks[chunk.state])}, ${number(cost(chunk))} bytes a value`,
        })),
      columns: [
        { x: 0, text: day(begin), anchor: "start" },
        { x: 1, text: day(end), anchor: "end" },
      ],
    }),
    h(
      "p",
      { class: "legend second" },
      Object.entries(looks).map(([state, text]) =>
        h(
          "span",
          {},
          h(
            "svg",
            { class: "swatch", "aria-hidden": "true" },
            h("rect", { class: `chunk-${state}`, width: 14, height: 10, rx: 2 }),
          ),
          text,
        ),
      ),
    ),
    opened !== undefined &&
      facts([
        ["Chunk", verbatim(opened.name)],
        ["Values", `${count(opened.samples)} of ${count(opened.series)} entities`],
        ["Size", `${bytes(opened.bytes)}, ${number(cost(opened))} bytes a value`],
        ["From", clockTime(opened.from ?? begin)],
        ["To", clockTime(opened.to ?? end)],
      ]),
  );
}

/** @param {PanelState["storage"]} storage */
function verifyCard({ verifying, verified, activity }) {
  const share = verifying === undefined ? 0 : verifying.done / Math.max(1, verifying.of);
  const isRunning = activity === "verifying";
  return h(
    "section",
    { class: "card narrow" },
    h(
      "div",
      { class: "head" },
      h("h2", {}, "Verify"),
      isRunning && h("span", { class: "state learning" }, icon("learning"), "running"),
    ),
    isRunning && [
      h(
        "p",
        {},
        verifying === undefined
          ? "Beginning …"
          : `${count(verifying.done)} of ${count(verifying.of)} chunks, ${percent(share)}`,
      ),
      h("progress", { max: 1, value: share, "aria-label": "Chunks read back" }),
    ],
    h(
      "p",
      { class: "second" },
      verified === undefined
        ? "Not read back as a whole since the start; that is done once a day."
        : `Last full check ${interval(Math.max(1, (Date.now() - verified.at) / 1_000))} ago: ${verified.ok ? "no faults" : "faults were found, see the log"}.`,
    ),
    h(
      "div",
      { class: "buttons" },
      isRunning
        ? h(
            "button",
            { type: "button", class: "quiet-button", "data-action": "act", "data-value": "api/storage/verify/stop" },
            "Stop the check",
          )
        : h("button", { type: "button", "data-action": "act", "data-value": "api/storage/verify" }, "Verify now"),
    ),
  );
}

const shownDays = 30;

function writtenCard() {
  const hours = detail.value?.hours ?? [];
  const days = [...Map.groupBy(hours, ({ time }) => new Date(time - 1).toDateString())].slice(-shownDays);
  const sums = days.map(
    ([name, each]) => /** @type {const} */ ([name, each.reduce((sum, { written }) => sum + Math.max(0, written), 0)]),
  );
  const head = h(
    "div",
    { class: "head" },
    h("h2", {}, "Written a day"),
    h("span", { class: "second" }, "handed to the disk"),
  );
  if (sums.length === 0)
    return h(
      "section",
      { class: "card half" },
      head,
      h("p", { class: "second" }, "Known from the first full hour on."),
    );
  const ticks = roundTicks(Math.max(...sums.map(([, sum]) => sum)) / 1e6);
  const top = (ticks.at(-1) ?? 1) * 1e6;
  const wide = 1 / Math.max(7, sums.length);
  return h(
    "section",
    { class: "card half" },
    head,
    chart({
      label: `Written a day: ${sums.map(([name, sum]) => `${day(Date.parse(name))} ${bytes(sum)}`).join(", ")}`,
      height: 130,
      rows: ticks.map((value) => ({ y: (value * 1e6) / top, text: `${number(value)} MB` })),
      bars: sums.map(([name, sum], index) => ({
        x: index * wide + wide * 0.1,
        width: wide * 0.8,
        height: sum / top,
        look: "now-bar",
        title: `${day(Date.parse(name))}: ${bytes(sum)}`,
      })),
      columns: [
        ...(sums.length < 3 ? [] : [{ x: 0, text: day(Date.parse(sums[0]?.[0] ?? "")), anchor: anchorAt(0) }]),
        { x: Math.min(1, (sums.length - 0.5) * wide), text: "today", anchor: sums.length > 6 ? "end" : "middle" },
      ],
    }),
  );
}

const shownBackups = 6;

/** @param {PanelState["storage"]} storage */
function backupsCard({ activity }) {
  const backups = detail.value?.backups ?? [];
  const mayRestore = me.value?.isAdministrator === true;
  return h(
    "section",
    { class: "card half" },
    h(
      "div",
      { class: "head" },
      h("h2", {}, "Backups"),
      h("span", { class: "second" }, `${count(backups.length)} kept, each read back`),
    ),
    backups.length === 0
      ? h("p", { class: "second" }, "None yet: the first is made an hour after the first start.")
      : h(
          "ul",
          { class: "changes" },
          backups.slice(0, shownBackups).map(({ name, time }) =>
            h(
              "li",
              { "data-key": name },
              h("div", {}, clockTime(time)),
              h("span", { class: "state good" }, icon("good"), "checked"),
              mayRestore
                ? h(
                    "button",
                    {
                      type: "button",
                      class: "link",
                      "data-action": "confirm",
                      "data-value": `api/storage/restore?name=${name}`,
                      "data-title": `Restore ${clockTime(time)}?`,
                      "data-text": `The last ${interval(Math.max(1, (Date.now() - time) / 1_000))} of values go. The present store is kept as a backup of its own first, so this can be taken back; what Home Assistant's recorder still has is filled in again. Cadence starts anew for it.`,
                      "data-button": "Restore this backup",
                    },
                    "Restore",
                  )
                : h("span"),
            ),
          ),
        ),
    me.value !== undefined && !mayRestore && h("p", { class: "second" }, "Administrators can restore a backup."),
    h(
      "div",
      { class: "buttons" },
      activity === "backing_up"
        ? h("span", { class: "second" }, "A backup is being made and read back …")
        : h(
            "button",
            { type: "button", class: "quiet-button", "data-action": "act", "data-value": "api/storage/backup" },
            "Back up now",
          ),
    ),
  );
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
          h("td", { class: "bar-cell" }),
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
              h("td", { class: "name" }, entityLink(entity)),
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
