import { h } from "./dom.js";

/** @import { SparkLine } from "#model/spark-line.ts" */

const askAgainAfter = 300_000;
const mostAtOnce = 40;
const mostKept = 3_000;

/** @type {Map<string, { at: number, line: SparkLine | undefined }>} */
const known = new Map();
/** @type {Set<string>} */
const wanted = new Set();
let isAsking = false;

/**
 * The last 24 h of an entity as steps; dotted where there was no number or no change. What is not known is asked for, many in one go.
 * @param {string} entityId
 * @param {() => void} redraw
 */
export function spark(entityId, redraw) {
  const found = known.get(entityId);
  if (found === undefined || performance.now() - found.at > askAgainAfter) {
    wanted.add(entityId);
    if (!isAsking) {
      isAsking = true;
      setTimeout(() => void ask().finally(redraw), 50);
    }
  }
  const values = found?.line?.values;
  const numbers = values?.filter((value) => value !== null) ?? [];
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  const isFlat = !(most > least);
  const picture = h("svg", {
    class: "spark",
    viewBox: "0 0 96 24",
    "aria-hidden": "true",
    preserveAspectRatio: "none",
  });
  if (values === undefined) return picture;
  if (isFlat) {
    picture.append(h("path", { class: "dotted", d: "M0 12H96" }));
    return picture;
  }
  let path = "";
  let isOpen = false;
  for (const [index, value] of values.entries()) {
    const x = index * 2;
    if (value === null) {
      isOpen = false;
      continue;
    }
    const y = (22 - (20 * (value - least)) / (most - least)).toFixed(1);
    path += isOpen ? `V${y}H${x + 2}` : `M${x} ${y}H${x + 2}`;
    isOpen = true;
  }
  picture.append(h("path", { d: path }));
  return picture;
}

async function ask() {
  const ids = [...wanted].slice(0, mostAtOnce);
  for (const id of ids) wanted.delete(id);
  try {
    const response = await fetch(`api/sparks?ids=${ids.join(",")}`);
    const lines = /** @type {SparkLine[]} */ (response.ok ? await response.json() : []);
    const found = new Map(lines.map((line) => [line.entityId, line]));
    if (known.size > mostKept) known.clear();
    for (const id of ids) known.set(id, { at: performance.now(), line: found.get(id) });
  } catch {
    // The daemon is away; they are asked for when it is back.
    for (const id of ids) known.set(id, { at: performance.now(), line: known.get(id)?.line });
  } finally {
    isAsking = false;
  }
}
