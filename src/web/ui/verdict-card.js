import { h, verbatim } from "./dom.js";
import { icon } from "./icons.js";
import { say } from "./words.js";

/** @import { Verdict } from "#diagnostics/verdict.ts" */

/**
 * The page's sentence, its first part in bold, and the numbers that decide.
 * @param {Verdict} verdict
 * @param {readonly { title: string, now: string, plan: string | undefined }[]} pairs
 * @param {string} [detail]
 * @param {Element} [buttons]
 */
export function verdictCard({ mood, sentence }, pairs, detail, buttons) {
  // Said as a whole: the first part alone is none that can be translated.
  const text = say(sentence);
  const end = text.search(/[.:](?:\s|$)/);
  const first = end === -1 ? text : text.slice(0, end + 1);
  return h(
    "section",
    { class: "card verdict" },
    h(
      "div",
      { class: "say" },
      h("span", { class: `circle ${mood}` }, icon(mood)),
      h(
        "div",
        {},
        h("h1", {}, h("b", {}, verbatim(first)), verbatim(text.slice(first.length))),
        detail !== undefined && h("p", { class: "second" }, detail),
        buttons,
      ),
    ),
    pairs.length > 0 &&
      h(
        "dl",
        { class: "pairs" },
        pairs.map(({ title, now, plan }) =>
          h(
            "div",
            { class: "pair" },
            h("dt", {}, title),
            h("dd", {}, now, plan !== undefined && [" → ", h("span", { class: "plan" }, plan)]),
          ),
        ),
      ),
  );
}
