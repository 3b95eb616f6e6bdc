const svgNames = new Set(["svg", "path", "rect", "line", "text", "g", "defs", "pattern", "circle", "title"]);

/**
 * An element. Attributes that are undefined, null or false are left out; children may be texts, elements, nested lists, or
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
      element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(Number.POSITIVE_INFINITY)) {
    if (child instanceof Node) element.append(child);
    else if (child !== undefined && child !== null && child !== false) element.append(String(child));
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
  for (const { name } of [...present.attributes]) if (!wanted.hasAttribute(name)) present.removeAttribute(name);
  for (const { name, value } of wanted.attributes) {
    if (present.getAttribute(name) !== value) present.setAttribute(name, value);
  }
  show(present, [...wanted.childNodes]);
  return true;
}
