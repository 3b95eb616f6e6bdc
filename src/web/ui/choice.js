/**
 * What an address names, of a table; `otherwise` when it names nothing of it.
 * @template Value
 * @param {Record<string, Value>} table
 * @param {string | null} name
 * @param {Value} otherwise
 */
export function choice(table, name, otherwise) {
  return name !== null && Object.hasOwn(table, name) ? /** @type {Value} */ (table[name]) : otherwise;
}
