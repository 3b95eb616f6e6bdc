import { controlRows } from "#diagnostics/control-table.ts";
import { sensorsPage } from "#diagnostics/sensors-page.ts";
import { siteRows } from "#diagnostics/site-sensors.ts";
import { busRows } from "#diagnostics/bus-sensors.ts";
import type { Command } from "./command.ts";
import { ExitCode } from "./exit-code.ts";

export const sensorsCommand: Command = {
  name: "sensors",
  summary: "All sensors and controls that Home Assistant gets, with their units.",
  flags: { page: { type: "boolean", text: "Print docs/sensors.md" } },
  run: async ({ flags, out }) => {
    if (flags["page"] === true) {
      out.raw(sensorsPage());
      return ExitCode.done;
    }
    const tables = [
      { of: "site", rows: siteRows },
      { of: "bus", rows: busRows },
    ] as const;
    const sensors = tables.flatMap(({ of, rows }) =>
      rows.map(({ key, name, unit }) => ({ of, key, name: name.en, unit: unit ?? null })),
    );
    for (const { of, key, name, unit } of sensors)
      out.line(`${of}  ${key}  ${name}${unit === null ? "" : `, ${unit}`}`);
    for (const { key, name, platform } of controlRows) out.line(`${platform}  ${key}  ${name.en}`);
    out.document({
      sensors,
      controls: controlRows.map(({ key, name, platform }) => ({ key, name: name.en, platform })),
    });
    return ExitCode.done;
  },
};
