import { toCadenceError } from "#core/errors.ts";
import { patchIntervals } from "#modbus/yaml/patch-intervals.ts";
import { readConfiguration } from "#modbus/yaml/read-configuration.ts";
import { unifiedDiff } from "#modbus/yaml/unified-diff.ts";
import type { WantedUpdate } from "#modbus/yaml/update-automation.ts";
import type { ConfigurationFiles } from "#model/configuration-files.ts";
import type { EntityOverview } from "#model/overview.ts";
import type { PlanPatch } from "#model/plan-patch.ts";
import { type KnownHome, placeOf, planYaml } from "./yaml-plan.ts";

const mainFile = "configuration.yaml";

/** What the advice would change in the configuration as it stands now; nothing is written. Never throws. */
export async function planPatch(files: ConfigurationFiles | undefined, home: KnownHome): Promise<PlanPatch> {
  if (files === undefined) {
    return {
      files: [],
      missing: "Home Assistant's configuration cannot be reached from here (option home_assistant_config).",
    };
  }
  try {
    const configuration = await readConfiguration(files, mainFile);
    if (configuration.hubs.length === 0)
      return { files: [], missing: "There is no Modbus hub in Home Assistant's configuration." };
    const proposed = new Map(
      planYaml(configuration, home).entities.map((each) => [placeOf(each.entity), each.proposed]),
    );
    const patch = await patchIntervals(files, mainFile, (entity) => proposed.get(placeOf(entity)));
    return { files: patch.files.map((each) => ({ file: each.file, lines: unifiedDiff(each) })) };
  } catch (error) {
    return { files: [], missing: toCadenceError(error).sentence };
  }
}

/** Entities whose interval is known, at those that are advised. */
export function adviceAsUpdates(entities: readonly EntityOverview[]): readonly WantedUpdate[] {
  return entities.flatMap(({ entity: { entityId }, advice, drivenSeconds }) =>
    advice?.recommended === undefined || drivenSeconds !== undefined
      ? []
      : [{ entityId, interval: advice.recommended }],
  );
}
