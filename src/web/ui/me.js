import { Fetched } from "./fetched.js";

/**
 * What whoever looks may do.
 * @type {Fetched<{ readonly isAdministrator: boolean, readonly hasFleet: boolean }>}
 */
export const me = new Fetched("api/me", 300_000);
