import { setImmediate } from "node:timers/promises";

/** Lets everything else that is due run first: called between the parts of long work. */
export function breathe(): Promise<void> {
  return setImmediate();
}
