import { say } from "./words.js";

const svgNames = new Set(["svg", "path", "rect", "line", "text", "g", "defs", "pattern", "circle", "title"]);

/** Attributes that people hear or read. */
const saidAttributes = new Set(["aria-label", "placeholder", "title"]);

/**
 * A text as it is: names, values and ids are said in no other language.
 * @param {unknown} text
 */
export function verbatim(text) {
  return document.createTextNode(String(text));
}

/**
 * An element; its texts are said in the language of the page. Attributes that are undefined, null or false are left out; children may be texts, elements, nested lists, or
 * nothing. What a click does stands in `data-action`, never in a listener: elements are replaced as the numbers move.
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...unknown} children
 * @returns {Element}
 */
export function h(tag, attributes = {}, ...children) {
  const element = svgNames.has(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false)
      element.setAttribute(name, value === true ? "" : saidAttributes.has(name) ? say(String(value)) : String(value));
  }
  for (const child of children.flat(Number.POSITIVE_INFINITY)) {
    if (child instanceof Node) element.append(child);
    else if (child !== undefined && child !== null && child !== false)
      element.append(typeof child === "string" ? say(child) : String(child));
  }
  return element;
}

/**
 * Makes the children of `target` like `wanted`, changing only what is different: focus, selection and scroll stay where they are. What has a `data-key` is found again by it wherever it stood.
 * @param {Element} target
 * @param {readonly Node[]} wanted
 */
export function show(target, wanted) {
  const nodes = wanted.flat(Number.POSITIVE_INFINITY).filter((node) => node instanceof Node);
  /** @type {Map<string, Element> | undefined} */
  let keyed;
  for (const [index, node] of nodes.entries()) {
    let present = target.childNodes[index];
    if (present === node) continue;
    if (present === undefined || !isAlike(present, node)) {
      keyed ??= keptByKey(target, index, nodes);
      present = target.childNodes[index];
    }
    const key = keyOf(node);
    const kept = key === null ? undefined : keyed?.get(key);
    if (key !== null) keyed?.delete(key);
    if (kept !== undefined && kept !== present && isAlike(kept, node)) {
      moveBefore(target, kept, present);
      adapt(kept, node);
    } else if (present !== undefined && isAlike(present, node)) adapt(present, node);
    else if (present !== undefined && key === null && keyOf(present) === null) present.replaceWith(node);
    else target.insertBefore(node, present ?? null);
  }
  while (target.childNodes.length > nodes.length) target.lastChild?.remove();
}

/**
 * The children of `target` from `index` on that have a key of `wanted`, by it; those with another key are removed.
 * @param {Element} target
 * @param {number} index
 * @param {readonly Node[]} wanted
 */
function keptByKey(target, index, wanted) {
  const keys = new Set(wanted.slice(index).map(keyOf));
  /** @type {Map<string, Element>} */
  const kept = new Map();
  for (const child of [...target.childNodes].slice(index)) {
    const key = keyOf(child);
    if (key === null || !(child instanceof Element)) continue;
    if (keys.has(key) && !kept.has(key)) kept.set(key, child);
    else child.remove();
  }
  return kept;
}

/** @param {Node} node */
function keyOf(node) {
  return node instanceof Element ? node.getAttribute("data-key") : null;
}

/**
 * The focus stays where the browser can move what has it.
 * @param {Element & { moveBefore?: (node: Node, before: Node | null) => void }} target
 * @param {Element} node
 * @param {Node | undefined} before
 */
function moveBefore(target, node, before) {
  if (target.moveBefore === undefined) target.insertBefore(node, before ?? null);
  else target.moveBefore(node, before ?? null);
}

/**
 * True when `present` can be made like `wanted`.
 * @param {Node} present
 * @param {Node} wanted
 */
function isAlike(present, wanted) {
  if (present.nodeType === Node.TEXT_NODE && wanted.nodeType === Node.TEXT_NODE) return true;
  return (
    present instanceof Element &&
    wanted instanceof Element &&
    present.tagName === wanted.tagName &&
    keyOf(present) === keyOf(wanted)
  );
}

/**
 * @param {Node} present
 * @param {Node} wanted alike
 */
function adapt(present, wanted) {
  if (!(present instanceof Element) || !(wanted instanceof Element)) {
    if (present.nodeValue !== wanted.nodeValue) present.nodeValue = wanted.nodeValue;
    return;
  }
  // What a page has drawn in there by itself stays.
  const isForeign = wanted.hasAttribute("data-foreign");
  for (const { name } of isForeign ? [] : [...present.attributes])
    if (!wanted.hasAttribute(name)) present.removeAttribute(name);
  for (const { name, value } of wanted.attributes) {
    if (present.getAttribute(name) !== value) present.setAttribute(name, value);
  }
  if (!isForeign) show(present, [...wanted.childNodes]);
}
