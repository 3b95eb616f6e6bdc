import type { Entity } from "#model/entity.ts";
import type { YamlEntity, YamlHub } from "#model/yaml-hub.ts";

/** How an entity stands in Home Assistant's configuration. */
export interface ConfiguredEntity {
  readonly hub: YamlHub;
  readonly configured: YamlEntity;
}

/** Finds an entity in the configuration by its unique id, its entity id, or its name; a person may have changed all but the first. */
export function configuredEntities(hubs: readonly YamlHub[]): (entity: Entity) => ConfiguredEntity | undefined {
  const byKey = new Map<string, ConfiguredEntity>();
  for (const hub of hubs) {
    for (const configured of hub.entities) {
      const { uniqueId, entityId, name, more } = configured;
      // Copies of a read are called after the first.
      for (let copy = 0; copy <= more; copy += 1) {
        const [suffix, words] = copy === 0 ? ["", ""] : [`_${copy}`, ` ${copy}`];
        const found = { hub, configured };
        if (uniqueId !== undefined) byKey.set(`unique ${uniqueId}${suffix}`, found);
        byKey.set(`id ${entityId}${suffix}`, found);
        byKey.set(`name ${name}${words}`, found);
      }
    }
  }
  return ({ uniqueId, entityId, name }) =>
    byKey.get(`unique ${uniqueId ?? ""}`) ?? byKey.get(`id ${entityId}`) ?? byKey.get(`name ${name}`);
}
