import { matchesAny } from "#core/glob.ts";
import type { Overview } from "#model/overview.ts";
import { busRows } from "./bus-sensors.ts";
import { controlsOf } from "./control-table.ts";
import { entityRows } from "./entity-sensors.ts";
import type { Language } from "./language.ts";
import type { SensorDevice, SensorReading } from "./sensor.ts";
import type { Row } from "./sensor-row.ts";
import { siteRows } from "./site-sensors.ts";

export interface SensorChoice {
  /** Globs of the entities that get sensors of their own. */
  readonly perEntity: readonly string[];
  readonly language: Language;
}

/** All devices with their sensors and controls at this moment. */
export function sensorDevices(overview: Overview, { perEntity, language }: SensorChoice): SensorDevice[] {
  const chosen = matchesAny(perEntity);
  const entities = overview.entities.filter(({ entity }) => chosen(entity.entityId));
  const bus = { en: "Modbus bus", de: "Modbus-Bus" }[language];
  return [
    {
      key: "site",
      name: "Modbus Cadence",
      model: "Daemon",
      sensors: read(siteRows, overview, language),
      controls: controlsOf(overview, language),
    },
    ...overview.buses.map((each) => ({
      key: `bus_${each.bus.id}`,
      name: `${bus} ${each.bus.name}`,
      model: bus,
      sensors: read(busRows, each, language),
      controls: [],
    })),
    ...(entities.length === 0
      ? []
      : [
          {
            key: "entities",
            name: { en: "Modbus Cadence entities", de: "Modbus Cadence Entitäten" }[language],
            model: { en: "Entities", de: "Entitäten" }[language],
            sensors: entities.flatMap((entity) => read(entityRows(entity), entity, language)),
            controls: [],
          },
        ]),
  ];
}

function read<Subject>(rows: readonly Row<Subject>[], subject: Subject, language: Language): SensorReading[] {
  return rows.map(({ value, name, ...rest }) => ({
    description: { ...rest, name: name[language] },
    value: value(subject),
  }));
}
