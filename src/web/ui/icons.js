import { h } from "./dom.js";

/** Drawn on a grid of 24. */
const paths = {
  overview:
    "M12 4a9 9 0 0 0-9 9 8.9 8.9 0 0 0 2 5.7h14A8.9 8.9 0 0 0 21 13a9 9 0 0 0-9-9Zm0 2a7 7 0 0 1 6 10.7H6A7 7 0 0 1 12 6Zm4.2 2.6-5.1 3.6a1.6 1.6 0 1 0 1.7 1.7Z",
  plan: "M3 6h8v2H3Zm0 5h12v2H3Zm0 5h6v2H3ZM17 4l4 4-4 4V9h-4V7h4Zm-4 9h4v-2.500l4 4-4 4V16.500h-4Z",
  related: "M3 3h11v5h-2V5H5v7h3v2H3Zm7 7h11v11H10Zm2 2v7h7v-7Z",
  history:
    "M13 3a9 9 0 0 0-9 9H1l4 4 4-4H6a7 7 0 1 1 2 4.900l-1.400 1.400A9 9 0 1 0 13 3Zm-1 5v5l4.200 2.500.8-1.300-3.500-2.100V8Z",
  entities: "M12 3 7.5 10.5h9ZM4 13h7v7H4Zm13.5-.5a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z",
  storage:
    "M12 3c-4.4 0-8 1.3-8 3s3.6 3 8 3 8-1.3 8-3-3.6-3-8-3ZM4 8.5V12c0 1.7 3.6 3 8 3s8-1.3 8-3V8.5C18.500 9.800 15.400 10.500 12 10.500S5.500 9.800 4 8.500Zm0 6V18c0 1.700 3.600 3 8 3s8-1.300 8-3v-3.500c-1.500 1.300-4.600 2-8 2s-6.500-.700-8-2Z",
  fleet: "M4 20V9l5-4 5 4v11h-4v-5H8v5Zm12 0V9l-3-2.400 2-1.600 5 4v11Z",
  good: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Zm-1.500 14.500L6.300 12.300l1.400-1.400 2.800 2.800 5.800-5.800 1.400 1.400Z",
  warning: "M12 3 1.500 21h21ZM11 10h2v5h-2Zm0 6.500h2v2h-2Z",
  bad: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Zm-1 5h2v6.500h-2Zm0 8h2v2h-2Z",
  learning: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Zm1 5v4.600l3.500 2-1 1.700L11 12.700V7Z",
};

/**
 * Decoration beside a word; the word says it too.
 * @param {keyof typeof paths} name
 */
export function icon(name) {
  return h("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" }, h("path", { d: paths[name] }));
}
