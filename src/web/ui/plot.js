import { language } from "./words.js";

/** @import { PlotSeries } from "#model/plot-series.ts" */

/** @typedef {{ name: string, unit: string, series: PlotSeries }} PlotLine */

/** As the daemon serves it; it stands in no folder of ours. */
const libraryFile = "./uplot.js";
/** The library is asked for where the first plot is, and never before. */
let library;

/** @returns {Promise<any>} */
function uPlot() {
  library ??= import(libraryFile).then(
    ({ default: made }) => made,
    () => {
      // The daemon is away: the next drawing asks again.
      library = undefined;
    },
  );
  return library;
}

/** ms after the last move. */
const restsAfter = 120;
const axisRoom = 64;
const tall = 260;

/**
 * A colour of the style sheet as the canvas takes it; other tokens as they stand.
 * @param {string} name
 */
function token(name) {
  const probe = document.createElement("span");
  document.body.append(probe);
  probe.style.color = `var(${name})`;
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

/**
 * A plot of values over time in `room`, which is kept as long as `room` is. Dragging, keys, two fingers and a double click ask for another range.
 */
export class Plot {
  /** @readonly */
  #room;
  /** @readonly */
  #onRange;
  /** @readonly */
  #observer;
  /**
   * The library's own.
   * @type {any}
   */
  #plot;
  #shown = "";
  /**
   * Runs while the plot is being moved.
   * @type {ReturnType<typeof setTimeout> | undefined}
   */
  #resting;
  /**
   * @readonly
   * @type {Map<number, number>}
   */
  #fingers = new Map();

  /**
   * @param {HTMLElement} room
   * @param {(range: { from: number, to: number } | "back") => void} onRange
   */
  constructor(room, onRange) {
    this.#room = room;
    this.#onRange = onRange;
    this.#observer = new ResizeObserver(() => this.#plot?.setSize({ width: room.clientWidth, height: tall }));
    this.#observer.observe(room);
    this.#listen();
  }

  /** Its room is gone. */
  destroy() {
    this.#observer.disconnect();
    clearTimeout(this.#resting);
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  /**
   * @param {readonly PlotLine[]} lines The first is drawn on the axis, others on scales of their own.
   * @param {{ from: number, to: number, now: number }} range ms since 1970
   */
  async show(lines, { from, to, now }) {
    const made = await uPlot();
    if (made === undefined || !this.#room.isConnected) return;
    const key = JSON.stringify([lines.map(({ name }) => name), token("--text")]);
    const data = dataOf(made, lines, Math.min(to, now));
    if (this.#shown !== key) {
      this.#plot?.destroy();
      this.#plot = new made(this.#options(made, lines), data, this.#room);
      this.#shown = key;
    } else this.#plot.setData(data, false);
    this.#plot.texts = lines[0]?.series.texts;
    if (this.#resting === undefined) this.#plot.setScale("x", { min: from, max: to });
    const [{ series } = { series: undefined }] = lines;
    if (series?.texts !== undefined) this.#plot.setScale("y", { min: -0.5, max: series.texts.length - 0.5 });
    else this.#plot.setScale("y", limitsOf(data[1]));
  }

  /**
   * @param {any} made
   * @param {readonly PlotLine[]} lines
   */
  #options(made, lines) {
    const font = `12px ${getComputedStyle(document.body).fontFamily}`;
    const colours = ["--plan", "--series-2", "--series-3", "--series-4"].map(token);
    const grid = { stroke: token("--faint-line"), width: 1 };
    const stepped = made.paths.stepped({ align: 1 });
    const [first] = lines;
    return {
      width: this.#room.clientWidth,
      height: tall,
      ms: 1,
      legend: { show: false },
      padding: [12, 8, 0, 0],
      cursor: { drag: { x: true, y: false, setScale: false }, points: { show: false } },
      scales: { x: { time: true, auto: false }, y: { auto: false } },
      axes: [
        {
          font,
          stroke: token("--second-text"),
          grid,
          ticks: { show: false },
          space: 80,
          size: 32,
          values: (/** @type {any} */ _plot, /** @type {number[]} */ ticks) => timeLabels(ticks),
        },
        {
          font,
          stroke: token("--second-text"),
          grid,
          ticks: { show: false },
          size: axisRoom,
          ...(first?.series.texts === undefined
            ? {}
            : { splits: () => first.series.texts?.map((_, index) => index) ?? [] }),
          values: (/** @type {any} */ plot, /** @type {number[]} */ ticks) =>
            plot.texts === undefined
              ? ticks.map((value, index) => {
                  const text = value.toLocaleString(language, { maximumFractionDigits: 6 });
                  return index === ticks.length - 1 && first?.unit !== "" ? `${text} ${first?.unit}` : text;
                })
              : ticks.map((place) => shorten(plot.texts[place] ?? "")),
        },
      ],
      series: [
        {},
        ...lines.map((_, index) => ({
          stroke: colours[index % colours.length],
          width: 1.5,
          paths: stepped,
          points: { show: false },
          scale: index === 0 ? "y" : `y${index}`,
        })),
      ],
      hooks: {
        drawClear: [(/** @type {any} */ plot) => drawLacks(plot)],
        setSelect: [
          (/** @type {any} */ plot) => {
            const { left, width } = plot.select;
            if (width > 4) this.#onRange({ from: plot.posToVal(left, "x"), to: plot.posToVal(left + width, "x") });
            plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
          },
        ],
      },
    };
  }

  #listen() {
    const room = this.#room;
    room.addEventListener("dblclick", () => this.#onRange("back"));
    room.addEventListener("keydown", (event) => {
      const moves = { ArrowLeft: [-0.25, 1], ArrowRight: [0.25, 1], "+": [0, 0.5], "-": [0, 2] };
      if (event.key === "0") return this.#onRange("back");
      const move = moves[event.key];
      if (move === undefined) return;
      event.preventDefault();
      this.#move(move[0], move[1]);
    });
    room.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey && Math.abs(event.deltaX) <= Math.abs(event.deltaY)) return;
        event.preventDefault();
        if (event.ctrlKey) this.#move(0, event.deltaY > 0 ? 1.25 : 0.8);
        else this.#move(event.deltaX / Math.max(1, room.clientWidth), 1);
      },
      { passive: false },
    );
    room.addEventListener("pointerdown", ({ pointerId, clientX, pointerType }) => {
      if (pointerType === "touch") this.#fingers.set(pointerId, clientX);
    });
    room.addEventListener("pointermove", ({ pointerId, clientX }) => {
      if (!this.#fingers.has(pointerId) || this.#fingers.size !== 2) return;
      const before = [...this.#fingers.values()];
      this.#fingers.set(pointerId, clientX);
      const after = [...this.#fingers.values()];
      const spread = (/** @type {number[]} */ [a = 0, b = 0]) => Math.max(20, Math.abs(a - b));
      const middle = (/** @type {number[]} */ [a = 0, b = 0]) => (a + b) / 2;
      this.#move((middle(before) - middle(after)) / Math.max(1, room.clientWidth), spread(before) / spread(after));
    });
    for (const end of ["pointerup", "pointercancel"])
      room.addEventListener(end, (event) => this.#fingers.delete(/** @type {PointerEvent} */ (event).pointerId));
  }

  /**
   * @param {number} by Share of what is shown.
   * @param {number} times As much as is shown.
   */
  #move(by, times) {
    const { min, max } = this.#plot?.scales.x ?? {};
    if (min === undefined || max === undefined) return;
    const [middle, half] = [(min + max) / 2 + by * (max - min), ((max - min) / 2) * times];
    const [from, to] = [middle - half, middle + half];
    // What is known moves at once; the rest of the page follows when the hand rests.
    this.#plot.setScale("x", { min: from, max: to });
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => {
      this.#resting = undefined;
      this.#onRange({ from, to });
    }, restsAfter);
  }
}

/**
 * One column of times for all, and a column of values for each.
 * @param {any} made
 * @param {readonly PlotLine[]} lines
 * @param {number} until
 */
function dataOf(made, lines, until) {
  const tables = lines.map(({ series: { times, values } }) => {
    const last = values.at(-1);
    // What is shown now stands until now.
    return last === undefined || last === null || (times.at(-1) ?? 0) >= until
      ? [times, values]
      : [
          [...times, until],
          [...values, last],
        ];
  });
  return tables.length === 1
    ? tables[0]
    : made.join(
        tables,
        tables.map(() => [1, 1]),
      );
}

/** @param {readonly (number | null)[]} values */
function limitsOf(values) {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value === null || value === undefined) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (!(min <= max)) return { min: 0, max: 1 };
  const room = max > min ? (max - min) * 0.06 : Math.max(1, Math.abs(max) * 0.1);
  return { min: min - room, max: max + room };
}

/**
 * Stretches without a value in grey.
 * @param {any} plot
 */
function drawLacks(plot) {
  const [times, values] = plot.data;
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = token("--track");
  for (let index = 0; index < times.length; index += 1) {
    if (values[index] !== null) continue;
    let next = index + 1;
    while (next < times.length && (values[next] === null || values[next] === undefined)) next += 1;
    const left = Math.max(bbox.left, plot.valToPos(times[index], "x", true));
    const right = Math.min(
      bbox.left + bbox.width,
      next < times.length ? plot.valToPos(times[next], "x", true) : bbox.left + bbox.width,
    );
    if (right > left) ctx.fillRect(left, bbox.top, Math.max(1, right - left), bbox.height);
    index = next - 1;
  }
  ctx.restore();
}

/** @param {readonly number[]} ticks ms since 1970 */
function timeLabels(ticks) {
  const step = (ticks[1] ?? 0) - (ticks[0] ?? 0);
  let day = "";
  return ticks.map((time) => {
    const date = new Date(time);
    if (step >= 28 * 86_400_000) return date.toLocaleDateString(language, { month: "short", year: "numeric" });
    const named = date.toLocaleDateString(language, { weekday: "short", day: "numeric", month: "short" });
    if (step >= 86_400_000) return named;
    const isNew = named !== day;
    const isFirst = day === "";
    day = named;
    if (isNew && !isFirst) return named;
    return date.toLocaleTimeString(language, {
      hour: "2-digit",
      minute: "2-digit",
      ...(step < 60_000 ? { second: "2-digit" } : {}),
    });
  });
}

/** @param {string} text */
function shorten(text) {
  return text.length > 9 ? `${text.slice(0, 8)}…` : text;
}
