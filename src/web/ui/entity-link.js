import { h, verbatim } from "./dom.js";

/**
 * The name of an entity, which leads to its page.
 * @param {{ entityId: string, name: string }} entity
 */
export function entityLink({ entityId, name }) {
  return h("a", { class: "entity-link", href: `?page=entity&id=${entityId}`, "data-action": "go" }, verbatim(name));
}
