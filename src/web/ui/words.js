import { languageAround } from "./home-assistant-frame.js";

/**
 * English sentences and what they are in another language. `{}` stands for what differs from one to the next: `{2}` for the second of them.
 * @typedef {Readonly<Record<string, string>>} Catalogue
 */

/** Languages that the panel speaks besides English. */
const catalogues = { de: () => import("./words-de.js") };

const wanted = languageAround().slice(0, 2).toLowerCase();
/** BCP 47. Numbers and dates are written as whoever looks is used to. */
export const language = wanted in catalogues || wanted === "en" ? languageAround() : "en";

/** @type {{ readonly pages: Catalogue, readonly told: Catalogue }} */
const { pages, told } = wanted in catalogues ? await catalogues[wanted]() : { pages: {}, told: {} };
/** @type {Catalogue} */
const sentences = { ...told, ...pages };
/** @type {Map<string, string>} */
const said = new Map();
const mostSaid = 5_000;
/** As dates have them: after “22.” a month begins no sentence. */
const months = Array.from({ length: 12 }, (_, month) =>
  new Date(2026, month, 1).toLocaleDateString(language, { month: "short" }).slice(0, 3),
);
/** Between two sentences. */
const sentenceEnd = new RegExp(`(?<=\\.) (?!(?<=\\d\\. )(?:${months.map(escape).join("|")}))(?=[A-Z\\d{])`);

const patterns = [...patternsOf(pages, false), ...patternsOf(told, true)]
  // The most particular first.
  .toSorted((a, b) => b.size - a.size);

document.documentElement.lang = wanted in catalogues ? wanted : "en";

/**
 * @param {Catalogue} catalogue
 * @param {boolean} isTold Its numbers are written with a point.
 */
function patternsOf(catalogue, isTold) {
  return Object.entries(catalogue)
    .filter(([english]) => english.includes("{}"))
    .map(([english, other]) => ({
      pattern: new RegExp(`^${english.split("{}").map(escape).join("(.+?)")}$`, "su"),
      other,
      isTold,
      size: english.replaceAll("{}", "").length,
      // “{} and {}” is a list of names, and no sentence.
      isList: /^[^\p{L}]*(?:of|and)[^\p{L}]*$/u.test(english),
      sentences: english.split(sentenceEnd).length,
    }));
}

/** @param {string} text */
function escape(text) {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}

/** No line ends between a number and its unit. */
const beforeUnit = /(?<=\d) (?=(?:%|ms|s|min|h|d|[kMGT]?B|W|kWh|°C)(?![\p{L}\d]))/gu;

/**
 * A text in the language of the page; as it is where nobody has translated it.
 * @param {string} text
 */
export function say(text) {
  if (text.trim() === "") return text;
  const known = said.get(text);
  if (known !== undefined) return known;
  const found = (patterns.length === 0 ? text : translate(text)).replaceAll(beforeUnit, "\u00A0");
  if (said.size >= mostSaid) said.clear();
  said.set(text, found);
  return found;
}

/**
 * `2.4 s` as `2,4 s`; versions, addresses and dates stay.
 * @param {string} text
 */
function pointsAsCommas(text) {
  return text.replaceAll(/(?<![\d.])(\d+)\.(\d+)(?![\d.])/g, "$1,$2");
}

/**
 * Texts that nobody has translated stay as they are; sentence after sentence where they are not known as one.
 * @param {string} text
 */
function translate(text) {
  const bare = text.trim();
  const edges = /** @type {const} */ ([
    text.slice(0, text.indexOf(bare)),
    text.slice(text.indexOf(bare) + bare.length),
  ]);
  const exact = sentences[bare];
  if (exact !== undefined) return `${edges[0]}${exact}${edges[1]}`;
  const parts = bare.split(sentenceEnd);
  const isSentence = bare.endsWith(".");
  for (const { pattern, other, isTold, isList, sentences: whole } of patterns) {
    // What is told of one sentence must not be found across two.
    if (whole !== parts.length || (isList && isSentence)) continue;
    const filled = pattern.exec(bare)?.slice(1);
    if (filled === undefined) continue;
    let next = 0;
    const spoken = other.replaceAll(/\{(\d?)\}/g, (_, place) => {
      const part = filled[place === "" ? next++ : Number(place) - 1] ?? "";
      return isTold ? pointsAsCommas(translate(part)) : translate(part);
    });
    return `${edges[0]}${spoken}${edges[1]}`;
  }
  return parts.length === 1 ? text : `${edges[0]}${parts.map(translate).join(" ")}${edges[1]}`;
}
