import { h } from "./dom.js";

/**
 * Asks the daemon to do something. True when it does.
 * @param {string} path
 */
export async function act(path) {
  try {
    const response = await fetch(path, { method: "POST", headers: { "x-modbus-cadence": "1" } });
    if (!response.ok) toast(await response.text());
    return response.ok;
  } catch {
    toast("Cadence could not be reached; nothing was done.");
    return false;
  }
}

/**
 * A word that goes away by itself.
 * @param {string} text
 */
function toast(text) {
  const shown = h("div", { class: "toast", role: "status" }, text);
  document.body.append(shown);
  setTimeout(() => shown.remove(), 6_000);
}

const keys = /** @type {const} */ ([
  ["/", "search"],
  ["g o, g p, g e, g r, g h, g s", "overview, plan, entities, related, history, storage"],
  ["← →", "in a plot: earlier and later"],
  ["+ −", "in a plot: closer and wider"],
  ["0", "in a plot: back"],
  ["t", "the plot's values as a table"],
  ["← → ↑ ↓, Enter", "in a table or picture: to the next one, open it"],
  ["Escape", "clears the search or what was chosen, closes"],
  ["?", "these keys"],
]);

/** The keys of the panel, until Escape. */
export function showKeys() {
  const dialog = /** @type {HTMLDialogElement} */ (
    h(
      "dialog",
      { class: "confirm", "aria-labelledby": "keys-title" },
      h("h2", { id: "keys-title" }, "Keys"),
      h(
        "dl",
        { class: "facts" },
        keys.map(([key, text]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, text)]),
      ),
      h("form", { method: "dialog", class: "buttons" }, h("button", { class: "quiet-button" }, "Close")),
    )
  );
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}

/**
 * Asks once, and says what happens and what is kept. The button names the act. Escape and a click beside it are a no.
 * @param {{ title: string, text: string, button: string }} question
 * @returns {Promise<boolean>}
 */
export function confirmed({ title, text, button }) {
  const dialog = /** @type {HTMLDialogElement} */ (
    h(
      "dialog",
      { class: "confirm", "aria-labelledby": "confirm-title" },
      h("h2", { id: "confirm-title" }, title),
      h("p", {}, text),
      h(
        "form",
        { method: "dialog", class: "buttons" },
        h("button", { class: "quiet-button", value: "no" }, "Leave it"),
        h("button", { value: "yes" }, button),
      ),
    )
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
