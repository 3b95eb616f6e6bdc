import { h } from "./dom.js";
import { percent } from "./format.js";

/** The scale ends here: 1 is all that the line can carry. */
const scale = 1.5;

/** Less time lost than this is not drawn. */
const notable = 0.01;

/** @param {number} share */
const at = (share) => `${(Math.min(scale, Math.max(0, share)) / scale) * 100}%`;

/**
 * What is asked of a line: now (thick, grey), with the advice (thin, blue), the budget (solid mark) and all it can carry
 * (dashed). What does not fit is hatched, and so is the time lost to devices that do not answer.
 * @param {{ name: string, now: number, silent: number, plan: number, budget: number }} load
 */
export function gauge({ name, now, silent, plan, budget }) {
  const lost = silent < notable ? "" : `, ${percent(silent)} lost to silent devices`;
  const sentence = `${name}: ${percent(now)} asked for, ${percent(plan)} with the advice, budget ${percent(budget)}${lost}`;
  const over = Math.min(scale, now) - 1;
  return h(
    "svg",
    { class: "gauge", role: "img", "aria-label": sentence },
    h(
      "defs",
      {},
      h(
        "pattern",
        { id: "hatch", width: 8, height: 8, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
        h("line", { class: "hatch", x1: 0, y1: 0, x2: 0, y2: 8 }),
      ),
      h(
        "pattern",
        { id: "hatch-silent", width: 8, height: 8, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
        h("line", { class: "hatch silent", x1: 0, y1: 0, x2: 0, y2: 8 }),
      ),
    ),
    h("rect", { class: "rail", x: 0, y: 2, width: at(1), height: 36, rx: 2 }),
    h("rect", { class: "present", x: 0, y: 6, width: at(Math.min(1, now)), height: 16, rx: 2 }),
    silent >= notable &&
      h("rect", {
        class: "lost",
        x: at(Math.max(0, Math.min(1, now) - silent)),
        y: 6,
        width: at(Math.min(silent, now)),
        height: 16,
        rx: 2,
      }),
    over > 0 && h("rect", { class: "over", x: at(1), y: 6, width: at(over), height: 16, rx: 2 }),
    h("rect", { class: "proposed", x: 0, y: 25, width: at(plan), height: 8, rx: 2 }),
    h("line", { class: "budget", x1: at(budget), x2: at(budget), y1: 0, y2: 40 }),
    h("line", { class: "full", x1: at(1), x2: at(1), y1: 0, y2: 40 }),
  );
}

/**
 * The names of the marks, above the first gauge.
 * @param {number} budget
 */
export function gaugeAxis(budget) {
  const label = (/** @type {number} */ share, /** @type {string} */ text, anchor = "middle") =>
    h("text", { x: at(share), y: 14, "text-anchor": anchor }, text);
  return h(
    "svg",
    { class: "gauge axis", height: 20, "aria-hidden": "true" },
    label(0, "0", "start"),
    label(budget, `your budget ${percent(budget)}`),
    label(1, `full ${percent(1)}`),
  );
}
