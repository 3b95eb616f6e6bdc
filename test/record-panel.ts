/** Records what a running daemon shows, for the panel's own tests: `node test/record-panel.ts http://127.0.0.1:8098/`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Overview } from "#model/overview.ts";
import { recordedPanelPath, type RecordedPanel } from "./support/recorded-panel.ts";

const base = process.argv[2] ?? "http://127.0.0.1:8098/";
const shownEntity = "sensor.meter_power";
const hour = 3_600_000;

async function ask<Value>(path: string): Promise<Value> {
  const response = await fetch(new URL(path, base));
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return (await response.json()) as Value;
}

const overview = await ask<Overview>("api/overview");
const to = Math.ceil(overview.at / hour) * hour;
const extent = `from=${to - 24 * hour}&to=${to}`;
const recorded: RecordedPanel = {
  overview,
  related: await ask("api/related"),
  history: await ask("api/history"),
  hours: await ask("api/hours?days=31"),
  storage: await ask("api/storage"),
  entity: await ask(`api/entity?id=${shownEntity}`),
  plot: await ask(`api/plot?id=${shownEntity}&${extent}&columns=600`),
  sparks: await ask(
    `api/sparks?ids=${overview.entities
      .slice(0, 40)
      .map(({ entity }) => entity.entityId)
      .join(",")}`,
  ),
  curve: await ask(`api/plan/curve?bus=${encodeURIComponent(overview.buses[0]?.bus.id ?? "")}`),
  preview: await ask(`api/plan/preview?bus=${encodeURIComponent(overview.buses[0]?.bus.id ?? "")}&share=0.2`),
};
mkdirSync(dirname(recordedPanelPath), { recursive: true });
/** Seven digits draw the same picture. */
const rounded = (_key: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(7)) : value;
writeFileSync(recordedPanelPath, `${JSON.stringify(recorded, rounded)}\n`);
process.stdout.write(`${recordedPanelPath}: ${recorded.overview.entities.length} entities\n`);
