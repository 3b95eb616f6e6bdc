import { stringify } from "yaml";
import { formatDuration } from "#core/duration.ts";

/** An entity and how often somebody should ask for it, seconds. */
export interface WantedUpdate {
  readonly entityId: string;
  readonly interval: number;
}

/**
 * Automations of Home Assistant that ask for entities at these intervals (`homeassistant.update_entity`), one for each interval: for integrations whose own polling can be switched off but not set. An interval
 * that does not divide a minute, an hour or a day runs at the longest one below it that does.
 */
export function updateAutomations(wanted: readonly WantedUpdate[]): string {
  const tiers = Map.groupBy(wanted, ({ interval }) => patternOf(interval).seconds);
  const automations = [...tiers]
    .toSorted(([a], [b]) => a - b)
    .map(([seconds, members]) => ({
      id: `modbus_cadence_update_${seconds}_s`,
      alias: `Modbus Cadence: read every ${formatDuration(seconds * 1_000)}`,
      triggers: [{ trigger: "time_pattern", ...patternOf(seconds).pattern }],
      actions: [
        {
          action: "homeassistant.update_entity",
          data: { entity_id: members.map(({ entityId }) => entityId).toSorted() },
        },
      ],
      // Reads that take longer than the interval do not pile up.
      mode: "single",
      max_exceeded: "silent",
    }));
  return automations.length === 0 ? "" : stringify(automations, { lineWidth: 0 });
}

const unitsOfTime = [
  { name: "seconds", seconds: 1, of: 60 },
  { name: "minutes", seconds: 60, of: 60 },
  { name: "hours", seconds: 3_600, of: 24 },
] as const;

function patternOf(interval: number): {
  readonly seconds: number;
  readonly pattern: Readonly<Record<string, string>>;
} {
  const unit =
    unitsOfTime.findLast(({ seconds }) => interval >= seconds) ?? (unitsOfTime[0] as (typeof unitsOfTime)[number]);
  let count = Math.max(1, Math.min(unit.of / 2, Math.floor(interval / unit.seconds)));
  while (unit.of % count !== 0) count -= 1;
  return { seconds: count * unit.seconds, pattern: { [unit.name]: `/${count}` } };
}
