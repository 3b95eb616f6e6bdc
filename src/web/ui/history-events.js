import { Fetched } from "./fetched.js";

/** @import { HistoryEvent } from "#model/history-event.ts" */

/**
 * What happened, the newest first.
 * @type {Fetched<readonly HistoryEvent[]>}
 */
export const historyEvents = new Fetched("api/history", 30_000);
