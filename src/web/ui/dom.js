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
 * Makes the children of `target` like `wanted`, changing only what is different: focus, selection and scroll stay where they are.
 * @param {Element} target
 * @param {readonly Node[]} wanted
 */
export function show(target, wanted) {
  const nodes = wanted.flat(Number.POSITIVE_INFINITY).filter((node) => node instanceof Node);
  for (const [index, node] of nodes.entries()) {
    const present = target.childNodes[index];
    if (present === node) continue;
    if (present === undefined) target.append(node);
    else if (!adapt(present, node)) present.replaceWith(node);
  }
  while (target.childNodes.length > nodes.length) target.lastChild?.remove();
}

/**
 * True when `present` could be made like `wanted`.
 * @param {Node} present
 * @param {Node} wanted
 */
function adapt(present, wanted) {
  if (present.nodeType === Node.TEXT_NODE && wanted.nodeType === Node.TEXT_NODE) {
    if (present.nodeValue !== wanted.nodeValue) present.nodeValue = wanted.nodeValue;
    return true;
  }
  if (!(present instanceof Element) || !(wanted instanceof Element)) return false;
  if (present.tagName !== wanted.tagName || present.getAttribute("data-key") !== wanted.getAttribute("data-key"))
    return false;
  // What a page has drawn in there by itself stays.
  const isForeign = wanted.hasAttribute("data-foreign");
  for (const { name } of isForeign ? [] : [...present.attributes])
    if (!wanted.hasAttribute(name)) present.removeAttribute(name);
  for (const { name, value } of wanted.attributes) {
    if (present.getAttribute(name) !== value) present.setAttribute(name, value);
  }
  if (!isForeign) show(present, [...wanted.childNodes]);
  return true;
}
