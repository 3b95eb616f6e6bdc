import { readFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "#core/clock.ts";
import { silentLogger } from "#core/logger.ts";
import type { EntityDetail } from "#model/entity-detail.ts";
import type { Fleet } from "#model/fleet.ts";
import type { HistoryEvent } from "#model/history-event.ts";
import type { HourlyRecord } from "#model/hourly-record.ts";
import type { LoadCurve } from "#model/load-curve.ts";
import type { EntityOverview, Overview } from "#model/overview.ts";
import type { PlanPreview } from "#model/plan-preview.ts";
import type { PlotSeries } from "#model/plot-series.ts";
import type { Related } from "#model/related.ts";
import type { SparkLine } from "#model/spark-line.ts";
import type { StorageDetail } from "#model/storage-detail.ts";
import { PanelServer } from "#web/server.ts";

/** What a daemon showed at one moment: the same picture today and next year. Made by `test/record-panel.ts`. */
export interface RecordedPanel {
  readonly overview: Overview;
  readonly related: Related;
  readonly history: readonly HistoryEvent[];
  readonly hours: readonly HourlyRecord[];
  readonly storage: StorageDetail;
  readonly entity: Omit<EntityDetail, "overview">;
  readonly plot: PlotSeries;
  readonly sparks: readonly SparkLine[];
  readonly curve: LoadCurve;
  readonly preview: PlanPreview;
}

export const recordedPanelPath = join(import.meta.dirname, "..", "data", "panel.json");

export function readRecordedPanel(): RecordedPanel {
  return JSON.parse(readFileSync(recordedPanelPath, "utf8")) as RecordedPanel;
}

const diff = [
  "--- a/modbus.yaml",
  "+++ b/modbus.yaml",
  "@@ -212,5 +212,5 @@",
  "       - name: Meter frequency    # grid",
  "         address: 26",
  "-        scan_interval: 2",
  "+        scan_interval: 15",
  "       - name: Meter power",
  "         address: 30",
];

export interface PanelWorld extends AsyncDisposable {
  readonly address: string;
  /** What the panel was asked to do. */
  readonly done: readonly string[];
  show(overview: Overview): void;
}

/** The real server of the panel over recorded content, with as many entities as a test wants. */
export async function servePanel(
  recorded: RecordedPanel,
  { entities, fleet }: { readonly entities?: number; readonly fleet?: Fleet } = {},
): Promise<PanelWorld> {
  let { overview } = recorded;
  if (entities !== undefined) overview = { ...overview, entities: many(overview.entities, entities) };
  const done: string[] = [];
  const panel = new PanelServer({
    clock: systemClock,
    logger: silentLogger,
    host: "127.0.0.1",
    port: 0,
    ingress: false,
    isAdministrator: () => Promise.resolve(true),
    content: {
      overview: () => overview,
      health: () => overview,
      planPatch: () => Promise.resolve({ files: [{ file: "modbus.yaml", lines: diff }] }),
      automations: () => "- id: one\n",
      loadCurve: () => recorded.curve,
      planPreview: () => recorded.preview,
      related: () => recorded.related,
      history: () => Promise.resolve(recorded.history),
      hours: () => Promise.resolve(recorded.hours),
      entity: (entityId) => {
        const shown = overview.entities.find(({ entity }) => entity.entityId === entityId);
        return Promise.resolve(shown && { ...recorded.entity, entityId, overview: shown });
      },
      plot: (entityId) => Promise.resolve({ ...recorded.plot, entityId }),
      sparkLines: (entityIds) =>
        Promise.resolve(
          entityIds.map((entityId, index) => ({
            entityId,
            values: recorded.sparks[index % recorded.sparks.length]?.values ?? [],
          })),
        ),
      storage: () => Promise.resolve(recorded.storage),
      ...(fleet === undefined ? {} : { fleet: () => Promise.resolve(fleet) }),
    },
    actions: {
      retryConnection: () => void done.push("retry"),
      verify: () => void done.push("verify"),
      stopVerifying: () => void done.push("stop verifying"),
      backup: () => void done.push("backup"),
      restore: (name) => Promise.resolve(done.push(`restore ${name}`) > 0),
      setBudget: (share) => Promise.resolve(void done.push(`budget ${share}`)),
      setDrive: (isOn) => Promise.resolve(void done.push(`drive ${isOn}`)),
    },
  });
  await panel.start();
  return {
    address: panel.address,
    done,
    show: (shown) => {
      overview = shown;
    },
    [Symbol.asyncDispose]: () => panel.stop(),
  };
}

/** The same entities again and again, under names of their own. */
function many(entities: readonly EntityOverview[], count: number): EntityOverview[] {
  return Array.from({ length: count }, (_, index) => {
    const overview = entities[index % entities.length] as EntityOverview;
    const copy = Math.floor(index / entities.length);
    if (copy === 0) return overview;
    const { entityId, name, ...entity } = overview.entity;
    return { ...overview, entity: { ...entity, entityId: `${entityId}_${copy}`, name: `${name} ${copy}` } };
  });
}
