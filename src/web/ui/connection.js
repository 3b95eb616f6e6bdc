/** @import { PanelState, OverviewChange } from "../overview-change.ts" */

const firstWait = 500;
const longestWait = 10_000;
/** Without a word for so long the connection is dead, whatever the browser believes. */
const silence = 15_000;

/**
 * Follows the daemon for as long as the page is open. `tell` gets the newest state, and whether it is live or how old it is.
 * @param {(state: PanelState | undefined, live: boolean) => void} tell
 */
export function follow(tell) {
  /** @type {PanelState | undefined} */
  let state;
  let wait = firstWait;

  const open = () => {
    const address = new URL("api/live", location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    address.search = "";
    const socket = new WebSocket(address);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let watchdog;
    const alive = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => socket.close(), silence);
    };
    socket.addEventListener("open", alive);
    socket.addEventListener("message", ({ data }) => {
      alive();
      wait = firstWait;
      const message = JSON.parse(String(data));
      if (message.type === "state") state = message.state;
      else if (state !== undefined) state = applyChange(state, message);
      tell(state, true);
    });
    socket.addEventListener("close", () => {
      clearTimeout(watchdog);
      tell(state, false);
      setTimeout(open, wait);
      wait = Math.min(longestWait, wait * 2);
    });
  };
  open();
}

/**
 * @param {PanelState} state
 * @param {OverviewChange} change
 * @returns {PanelState}
 */
export function applyChange(state, { at, sections, entities, entityIds }) {
  const known = new Map(state.entities.map((entity) => [entity.entity.entityId, entity]));
  for (const entity of entities) known.set(entity.entity.entityId, entity);
  const order = entityIds ?? state.entities.map(({ entity }) => entity.entityId);
  return { ...state, ...sections, at, entities: order.flatMap((id) => known.get(id) ?? []) };
}
