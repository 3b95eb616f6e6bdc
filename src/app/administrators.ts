import type { Clock } from "#core/clock.ts";
import type { Logger } from "#core/logger.ts";
import { remembered } from "./remembered.ts";

export interface AdministratorsOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ids of all administrators, asked of Home Assistant; may reject. */
  readonly list: () => Promise<ReadonlySet<string>>;
}

const askAgainAfter = 60_000;

/** Whether a user is an administrator, by Home Assistant's own list. Never rejects: whoever cannot be looked up is none. */
export function administrators({ clock, logger, list }: AdministratorsOptions): (userId: string) => Promise<boolean> {
  const all = remembered(clock, askAgainAfter, list);
  return async (userId) => {
    try {
      return (await all()).has(userId);
    } catch (error) {
      logger.warn("Home Assistant does not say who its administrators are, so nobody is taken for one", { error });
      return false;
    }
  };
}
