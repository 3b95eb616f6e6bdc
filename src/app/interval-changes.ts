import { configuredEntities } from "#modbus/configured-entities.ts";
import type { Entity } from "#model/entity.ts";
import type { IntervalRecord } from "#model/interval-record.ts";
import type { YamlHub } from "#model/yaml-hub.ts";

/** Intervals that somebody has set otherwise in the configuration, as decisions. `time` in ms since 1970. */
export function intervalChanges(
  before: readonly YamlHub[],
  after: readonly YamlHub[],
  entities: readonly Entity[],
  time: number,
): readonly IntervalRecord[] {
  const [earlier, later] = [configuredEntities(before), configuredEntities(after)];
  return entities.flatMap((entity) => {
    const [was, is] = [earlier(entity)?.configured, later(entity)?.configured];
    if (entity.integration !== "modbus" || was === undefined || is === undefined || was.interval === is.interval)
      return [];
    return [
      {
        entityId: entity.entityId,
        time,
        interval: is.interval,
        before: was.interval,
        reason: `Set in ${is.file}, line ${is.line}.`,
        origin: "configuration",
      },
    ];
  });
}
