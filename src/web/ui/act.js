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
export function toast(text) {
  const shown = h("div", { class: "toast", role: "status" }, text);
  document.body.append(shown);
  setTimeout(() => shown.remove(), 6_000);
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
