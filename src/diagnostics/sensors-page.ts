import type { EntityOverview } from "#model/overview.ts";
import { busRows } from "./bus-sensors.ts";
import { controlRows } from "./control-table.ts";
import { entityRows } from "./entity-sensors.ts";
import type { Row } from "./sensor-row.ts";
import { siteRows } from "./site-sensors.ts";

/** docs/sensors.md, made from the tables. */
export function sensorsPage(): string {
  const entity: EntityOverview = { entity: { entityId: "sensor.x", integration: "modbus", name: "X" } };
  return [
    "# Sensors and controls",
    "",
    "Made from `src/diagnostics` by `npm run generate`; do not edit.",
    "",
    "Each stands in Home Assistant under `sensor.modbus_cadence_site_KEY`, `sensor.modbus_cadence_bus_BUS_KEY` or, for entities that `publish_entities` chooses,",
    "`sensor.modbus_cadence_entities_KEY`. What is not known yet is `unknown`, never a zero. How to use them: [home-assistant.md](home-assistant.md).",
    "",
    ...tableOf("The program and its store", siteRows),
    ...tableOf("Each bus", busRows),
    ...tableOf("Each chosen entity", entityRows(entity)),
    "## Controls",
    "",
    "| key | name | German | kind |",
    "|---|---|---|---|",
    ...controlRows.map(
      ({ key, name, platform, range }) =>
        `| \`${key}\` | ${name.en} | ${name.de} | ${platform}${range === undefined ? "" : `, ${range.minimum} to ${range.maximum} ${range.unit}`} |`,
    ),
    "",
  ].join("\n");
}

function tableOf<Subject>(title: string, rows: readonly Row<Subject>[]): string[] {
  return [
    `## ${title}`,
    "",
    "| key | name | German | unit | states |",
    "|---|---|---|---|---|",
    ...rows.map(
      ({ key, name, unit = "", options = [], optional = false }) =>
        `| \`${key}\` | ${name.en}${optional ? " (disabled at first)" : ""} | ${name.de} | ${unit} | ${options.map((option) => `\`${option}\``).join(" ")} |`,
    ),
    "",
  ];
}
