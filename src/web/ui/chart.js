import { h } from "./dom.js";

/**
 * A chart that fits any width: places are shares of it, texts keep their size. `x` and `y` of everything are shares of the room, 0 to 1, y from below.
 * @typedef {object} Chart
 * @property {string} label What it says, in a sentence.
 * @property {number} [height] Pixels, without the texts below.
 * @property {readonly { y: number, text: string }[]} [rows] Lines across, with their numbers at the left.
 * @property {readonly { x: number, text: string, below?: string, anchor?: "start" | "middle" | "end" }[]} [columns] Texts below.
 * @property {readonly { from: number, to: number, look: string, text?: string }[]} [bands] Stretches behind everything.
 * @property {readonly { points: readonly (readonly [number, number])[], look: string, isStepped?: boolean }[]} [lines]
 * @property {readonly { x: number, width: number, height: number, look: string, title?: string, value?: string }[]} [bars]
 * @property {readonly { x: number, look: string, text?: string, anchor?: string }[]} [rules] Lines from below to above.
 * @property {readonly { x: number, y: number, shape: "dot" | "diamond", look: string, text: string, below?: string, lift?: number }[]} [marks] `lift`: pixels, where another one is near.
 * @property {readonly { x: number, y: number, text: string, look: string, anchor?: string }[]} [labels]
 */

const inner = 1_000;
/** @param {number} share */
const percent = (share) => `${(share * 100).toFixed(2)}%`;

/** @param {Chart} chart */
export function chart({
  label,
  height = 200,
  rows = [],
  columns = [],
  bands = [],
  lines = [],
  bars = [],
  rules = [],
  marks = [],
  labels = [],
}) {
  const top = 20;
  const at = (/** @type {number} */ y) => top + (1 - y) * (height - top);
  const choosable = bars.findIndex(({ value }) => value !== undefined);
  const hasSecond = columns.some(({ below }) => below !== undefined);
  return h(
    "svg",
    {
      class: choosable === -1 ? "chart" : "chart choosable",
      role: choosable === -1 ? "img" : "group",
      "aria-label": label,
      height: height + (columns.length === 0 ? 4 : hasSecond ? 40 : 22),
    },
    bands.map(({ from, to, look, text }) => [
      h("rect", {
        class: look,
        x: percent(from),
        y: top,
        width: percent(Math.max(0, to - from)),
        height: height - top,
      }),
      text !== undefined &&
        h("text", { class: "note", x: percent((from + to) / 2), y: top + 14, "text-anchor": "middle" }, text),
    ]),
    rows.map(({ y, text }) => [
      h("line", { class: "row-line", x1: 0, x2: "100%", y1: at(y), y2: at(y) }),
      h("text", { x: -8, y: at(y) + 4, "text-anchor": "end" }, text),
    ]),
    bars.map(({ x, width, height: tall, look, title, value }, index) =>
      h(
        "rect",
        {
          class: look,
          x: percent(x),
          width: percent(width),
          y: at(tall),
          height: Math.max(0, tall) * (height - top),
          ...(value === undefined
            ? {}
            : {
                "data-action": "chunk",
                "data-value": value,
                role: "button",
                tabindex: index === choosable ? 0 : -1,
                "aria-label": title,
              }),
        },
        title !== undefined && h("title", {}, title),
      ),
    ),
    rules.map(({ x, look, text, anchor = "middle" }) => [
      h("line", { class: look, x1: percent(x), x2: percent(x), y1: top - 4, y2: height }),
      text !== undefined && h("text", { class: "halo", x: percent(x), y: 11, "text-anchor": anchor }, text),
    ]),
    h(
      "svg",
      {
        x: 0,
        y: top,
        width: "100%",
        height: height - top,
        viewBox: `0 0 ${inner} ${inner}`,
        preserveAspectRatio: "none",
      },
      lines.map(({ points, look, isStepped = false }) =>
        h("path", { class: `line ${look}`, d: pathOf(points, isStepped) }),
      ),
    ),
    labels.map(({ x, y, text, look, anchor = "middle" }) =>
      h("text", { class: `halo ${look}`, x: percent(x), y: at(y) - 6, "text-anchor": anchor }, text),
    ),
    marks.map((mark) => markOf(mark, at)),
    columns.map(({ x, text, below, anchor = "middle" }) => [
      h("text", { x: percent(x), y: height + 18, "text-anchor": anchor }, text),
      below !== undefined && h("text", { x: percent(x), y: height + 36, "text-anchor": anchor }, below),
    ]),
  );
}

/**
 * @param {readonly (readonly [number, number])[]} points
 * @param {boolean} isStepped
 */
function pathOf(points, isStepped) {
  let path = "";
  for (const [index, [x, y]] of points.entries()) {
    const [px, py] = [(x * inner).toFixed(1), ((1 - y) * inner).toFixed(1)];
    path += index === 0 ? `M${px} ${py}` : isStepped ? `H${px}V${py}` : `L${px} ${py}`;
  }
  return path;
}

/**
 * @param {NonNullable<Chart["marks"]>[number]} mark
 * @param {(y: number) => number} at
 */
function markOf({ x, y, shape, look, text, below, lift = 0 }, at) {
  const isLow = at(y) > 76 + lift;
  const words = isLow ? at(y) - 46 - lift : at(y) + 34 + lift;
  const anchor = x > 0.85 ? "end" : x < 0.15 ? "start" : "middle";
  return [
    h("line", {
      class: `leader ${look}`,
      x1: percent(x),
      x2: percent(x),
      y1: at(y),
      y2: isLow ? words + 20 : words - 14,
    }),
    h("svg", { x: percent(x), y: at(y), overflow: "visible", width: 1, height: 1 }, [
      shape === "dot"
        ? h("circle", { class: `mark ${look}`, r: 5 })
        : h("path", { class: `mark ${look}`, d: "M0 -7L7 0L0 7L-7 0Z" }),
    ]),
    h("text", { class: "halo strong", x: percent(x), y: words, "text-anchor": anchor }, text),
    below !== undefined && h("text", { class: "halo", x: percent(x), y: words + 15, "text-anchor": anchor }, below),
  ];
}

const phone = matchMedia("(max-width: 599px)");

/**
 * True where two texts, of which neither stands higher, would meet.
 * @param {number} x
 * @param {number} other
 * @param {number} [width] of such a text, beside that of a mark
 */
export function areNear(x, other, width = 1) {
  return Math.abs(x - other) < (phone.matches ? 0.7 : 0.25) * width;
}

/**
 * How a text at this place is to stand so that it stays within the chart.
 * @param {number} x
 * @returns {"start" | "middle" | "end"}
 */
export function anchorAt(x) {
  return x <= 0.05 ? "start" : x >= 0.95 ? "end" : "middle";
}

/**
 * Round numbers from 0 on, at most seven, that reach `most`.
 * @param {number} most
 */
export function roundTicks(most) {
  if (!(most > 0)) return [0, 1];
  const rough = most / 4;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * size).find((each) => each >= rough) ?? rough;
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, index) =>
    Number((index * step).toPrecision(12)),
  );
}
