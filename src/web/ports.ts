import type { EntityDetail } from "#model/entity-detail.ts";
import type { EntityId } from "#model/entity.ts";
import type { Fleet } from "#model/fleet.ts";
import type { HistoryEvent } from "#model/history-event.ts";
import type { HourlyRecord } from "#model/hourly-record.ts";
import type { LoadCurve } from "#model/load-curve.ts";
import type { Overview } from "#model/overview.ts";
import type { PlanPatch } from "#model/plan-patch.ts";
import type { PlanPreview } from "#model/plan-preview.ts";
import type { PlotSeries } from "#model/plot-series.ts";
import type { Related } from "#model/related.ts";
import type { SparkLine } from "#model/spark-line.ts";
import type { StorageDetail } from "#model/storage-detail.ts";

/** What the pages show. */
export interface PanelContent {
  overview(): Overview;
  /** For whoever only asks whether all is well, every half minute for years. */
  health(): Pick<Overview, "connection" | "storage">;
  /** What the plan would change in the configuration; nothing is written. */
  planPatch(): Promise<PlanPatch>;
  /** Automations that ask for entities at the planned intervals, as YAML. */
  automations(): string;
  /** Undefined of a bus without a plan that could be judged. */
  loadCurve(busId: string): LoadCurve | undefined;
  /** The plan if the reads of a bus took this share of it; undefined of a bus without a plan. */
  planPreview(busId: string, share: number): PlanPreview | undefined;
  related(): Related;
  /** The newest first. */
  history(): Promise<readonly HistoryEvent[]>;
  /** The last so many days, oldest first. */
  hours(days: number): Promise<readonly HourlyRecord[]>;
  /** Undefined of an entity that is not followed. */
  entity(entityId: EntityId): Promise<EntityDetail | undefined>;
  /** Values of an entity in [from, to), ms since 1970, for a plot so many pixels wide. */
  plot(
    entityId: EntityId,
    range: { readonly from: number; readonly to: number; readonly columns: number },
  ): Promise<PlotSeries>;
  /** The last day of each. */
  sparkLines(entityIds: readonly EntityId[]): Promise<readonly SparkLine[]>;
  storage(): Promise<StorageDetail>;
  /** All sites that share a server; absent where there is none. */
  readonly fleet?: () => Promise<Fleet>;
}

/** What the pages may do. What takes long goes on after the answer; how far it is stands in the overview. */
export interface PanelActions {
  /** Ends the wait for the next try to connect. */
  retryConnection(): void;
  verify(): void;
  stopVerifying(): void;
  backup(): void;
  /** The store becomes what a backup is; the daemon starts anew for it. False: there is no such backup. */
  restore(name: string): Promise<boolean>;
  setBudget(share: number): Promise<void>;
  setDrive(isOn: boolean): Promise<void>;
}
