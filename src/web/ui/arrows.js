/**
 * @typedef {object} Place
 * @property {number} left
 * @property {number} right
 * @property {number} top
 * @property {number} bottom
 */

const directions = /** @type {const} */ ({
  ArrowLeft: { axis: "x", sign: -1 },
  ArrowRight: { axis: "x", sign: 1 },
  ArrowUp: { axis: "y", sign: -1 },
  ArrowDown: { axis: "y", sign: 1 },
});

/** Where arrow keys move the focus: tables, and pictures whose marks can be chosen. */
const within = "table, .choosable";
const reachable = "a[href], button, [tabindex]";

/**
 * In tables and pictures an arrow key moves the focus, and Enter or the space bar chooses a mark as a click does.
 * @param {KeyboardEvent} event
 */
export function followArrows(event) {
  const from = event.target;
  if (!(from instanceof Element)) return;
  if (from instanceof SVGElement && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    from.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  }
  if (!Object.hasOwn(directions, event.key)) return;
  // What is not shown has no place.
  const others = [...(from.closest(within)?.querySelectorAll(reachable) ?? [])].filter(
    (each) => each !== from && each.getClientRects().length > 0,
  );
  const places = others.map((each) => each.getBoundingClientRect());
  const next = others[nearest(from.getBoundingClientRect(), places, event.key) ?? -1];
  if (!(next instanceof HTMLElement || next instanceof SVGElement)) return;
  event.preventDefault();
  next.focus();
}

/**
 * Index of the place that an arrow key leads to: the nearest in the same row or column, else the nearest of all in that direction; undefined when there is none.
 * @param {Place} from
 * @param {readonly Place[]} places
 * @param {string} key such as "ArrowLeft"
 */
export function nearest(from, places, key) {
  const direction = directions[/** @type {keyof typeof directions} */ (key)];
  const start = seenAlong(from, direction.axis);
  let least = Number.POSITIVE_INFINITY;
  let isInLine = false;
  /** @type {number | undefined} */
  let found;
  for (const [index, place] of places.entries()) {
    const end = seenAlong(place, direction.axis);
    const ahead = direction.sign * (end.middle - start.middle);
    const aside = Math.max(0, end.low - start.high, start.low - end.high);
    if (ahead <= 0 || (isInLine && aside > 0)) continue;
    if (ahead + aside >= least && (isInLine || aside > 0)) continue;
    least = ahead + aside;
    isInLine = aside === 0;
    found = index;
  }
  return found;
}

/**
 * The middle of a place on the axis that is moved along, and its extent on the other.
 * @param {Place} place
 * @param {"x" | "y"} axis
 */
function seenAlong({ left, right, top, bottom }, axis) {
  return axis === "x"
    ? { middle: (left + right) / 2, low: top, high: bottom }
    : { middle: (top + bottom) / 2, low: left, high: right };
}
