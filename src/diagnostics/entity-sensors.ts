import type { EntityOverview } from "#model/overview.ts";
import type { LocalText } from "./language.ts";
import { known, rounded, type Row } from "./sensor-row.ts";

/** What is said of one entity that was asked for. */
export function entityRows({ entity }: EntityOverview): readonly Row<EntityOverview>[] {
  const key = entity.entityId.replace(".", "_");
  return [
    {
      key: `${key}_interval`,
      name: behind(entity.name, { en: "effective interval", de: "tatsächliches Intervall" }),
      unit: "s",
      deviceClass: "duration",
      stateClass: "measurement",
      precision: 1,
      value: ({ interval }) => rounded(interval?.seconds, 2),
    },
    {
      key: `${key}_recommended`,
      name: behind(entity.name, { en: "recommended interval", de: "empfohlenes Intervall" }),
      unit: "s",
      deviceClass: "duration",
      stateClass: "measurement",
      precision: 0,
      value: ({ advice }) => known(advice?.recommended),
    },
    {
      key: `${key}_staleness`,
      name: behind(entity.name, { en: "mean age", de: "mittleres Alter" }),
      unit: "s",
      deviceClass: "duration",
      stateClass: "measurement",
      precision: 1,
      // Between two reads the age of what is shown grows evenly from nothing to the interval.
      value: ({ interval }) => rounded(interval === undefined ? undefined : interval.seconds / 2, 2),
    },
  ];
}

function behind(name: string, text: LocalText): LocalText {
  return { en: `${name} ${text.en}`, de: `${name} ${text.de}` };
}
