import type { LegacyStatistics } from "#model/legacy.ts";
import type { Prior } from "#model/prior.ts";

const secondsPerHour = 3_600;

/** What of an old record is worth something for the advice; undefined where it counted nothing, or nobody knows of which entity. */
export function priorOf({ entityId, polls, changes, pollsPerHour }: LegacyStatistics): Prior | undefined {
  if (entityId === undefined || polls === undefined || changes === undefined) return undefined;
  if (!(polls > 0 && changes >= 0 && changes <= polls)) return undefined;
  const known = pollsPerHour !== undefined && pollsPerHour > 0;
  return { entityId, origin: "legacy", polls, changes, ...(known ? { seconds: secondsPerHour / pollsPerHour } : {}) };
}
