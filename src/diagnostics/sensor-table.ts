import { matchesAny } from "#core/glob.ts";
import { type BusOverview, connectionStates, type EntityOverview, type Overview } from "#model/overview.ts";
import { controlsOf } from "./control-table.ts";
import type { Language, LocalText } from "./language.ts";
import type { SensorDescription, SensorDevice, SensorReading, SensorValue } from "./sensor.ts";

type Row<Subject> = Omit<SensorDescription, "name"> & {
  readonly name: LocalText;
  readonly value: (subject: Subject) => SensorValue;
};

const megabyte = 1_000_000;

/** THE table of sensors: everything the product says of itself in Home Assistant. */
const siteRows: readonly Row<Overview>[] = [
  {
    key: "connection",
    name: { en: "Connection", de: "Verbindung" },
    deviceClass: "enum",
    options: connectionStates,
    category: "diagnostic",
    icon: "mdi:lan-connect",
    value: ({ connection }) => connection.state,
  },
  {
    key: "entities",
    name: { en: "Entities followed", de: "Verfolgte Entitäten" },
    stateClass: "measurement",
    icon: "mdi:format-list-bulleted",
    value: ({ ingest }) => ingest.entities,
  },
  {
    key: "values_per_minute",
    name: { en: "Values per minute", de: "Werte pro Minute" },
    unit: "1/min",
    stateClass: "measurement",
    precision: 1,
    icon: "mdi:pulse",
    value: ({ ingest }) => rounded(ingest.ratePerSecond * 60, 1),
  },
  {
    key: "lag",
    name: { en: "Lag", de: "Verzögerung" },
    unit: "ms",
    deviceClass: "duration",
    stateClass: "measurement",
    category: "diagnostic",
    precision: 0,
    value: ({ ingest }) => known(ingest.lagMilliseconds),
  },
  {
    key: "refused",
    name: { en: "Values refused", de: "Abgewiesene Werte" },
    stateClass: "total_increasing",
    category: "diagnostic",
    icon: "mdi:cancel",
    value: ({ ingest }) => ingest.refused,
  },
  {
    key: "clock_jumps",
    name: { en: "Clock jumps", de: "Sprünge der Uhr" },
    stateClass: "total_increasing",
    category: "diagnostic",
    icon: "mdi:clock-alert",
    value: ({ ingest }) => ingest.clockJumps,
  },
  {
    key: "gaps",
    name: { en: "Gaps", de: "Lücken" },
    stateClass: "total_increasing",
    category: "diagnostic",
    icon: "mdi:timeline-remove",
    value: ({ ingest }) => ingest.gaps,
  },
  {
    key: "storage_status",
    name: { en: "Storage status", de: "Zustand des Speichers" },
    deviceClass: "enum",
    options: ["ok", "full", "failing", "damaged"],
    category: "diagnostic",
    icon: "mdi:database-check",
    value: ({ storage }) => storage.status,
  },
  {
    key: "storage_activity",
    name: { en: "Storage activity", de: "Arbeiten am Speicher" },
    deviceClass: "enum",
    options: ["idle", "verifying", "backing_up", "compacting"],
    category: "diagnostic",
    icon: "mdi:progress-wrench",
    value: ({ storage }) => storage.activity,
  },
  {
    key: "storage_size",
    name: { en: "Storage size", de: "Größe des Speichers" },
    unit: "MB",
    deviceClass: "data_size",
    stateClass: "measurement",
    category: "diagnostic",
    precision: 2,
    value: ({ storage }) => rounded(storage.bytes / megabyte, 3),
  },
  {
    key: "storage_values",
    name: { en: "Values stored", de: "Gespeicherte Werte" },
    stateClass: "measurement",
    category: "diagnostic",
    icon: "mdi:counter",
    value: ({ storage }) => storage.samples,
  },
  {
    key: "storage_bytes_per_value",
    name: { en: "Bytes per value", de: "Bytes pro Wert" },
    unit: "B",
    deviceClass: "data_size",
    stateClass: "measurement",
    category: "diagnostic",
    precision: 2,
    value: ({ storage }) => rounded(storage.bytesPerSample, 2),
  },
  {
    key: "storage_chunks",
    name: { en: "Chunks", de: "Chunks" },
    stateClass: "measurement",
    category: "diagnostic",
    icon: "mdi:file-multiple",
    value: ({ storage }) => storage.chunks,
  },
  {
    key: "storage_written",
    name: { en: "Written since start", de: "Seit dem Start geschrieben" },
    unit: "MB",
    deviceClass: "data_size",
    stateClass: "total_increasing",
    category: "diagnostic",
    precision: 2,
    value: ({ storage }) => rounded(storage.bytesWritten / megabyte, 3),
  },
  {
    key: "storage_written_per_day",
    name: { en: "Written per day", de: "Pro Tag geschrieben" },
    unit: "MB",
    deviceClass: "data_size",
    stateClass: "measurement",
    category: "diagnostic",
    precision: 1,
    value: ({ storage }) => (storage.bytesPerDay === undefined ? null : rounded(storage.bytesPerDay / megabyte, 2)),
  },
  {
    key: "storage_last_commit",
    optional: true,
    name: { en: "Last commit", de: "Zuletzt gespeichert" },
    deviceClass: "timestamp",
    category: "diagnostic",
    value: ({ storage }) => instant(storage.lastCommitAt),
  },
  {
    key: "storage_commit_time",
    name: { en: "Commit time", de: "Dauer des Speicherns" },
    unit: "ms",
    deviceClass: "duration",
    stateClass: "measurement",
    category: "diagnostic",
    precision: 1,
    value: ({ storage }) => rounded(storage.commitMilliseconds, 2),
  },
  {
    key: "storage_damaged",
    name: { en: "Damaged frames", de: "Beschädigte Stellen" },
    stateClass: "measurement",
    category: "diagnostic",
    icon: "mdi:alert-octagon",
    value: ({ storage }) => storage.damagedFrames,
  },
  {
    key: "storage_cache_hits",
    name: { en: "Cache hits", de: "Treffer im Cache" },
    unit: "%",
    stateClass: "measurement",
    category: "diagnostic",
    precision: 0,
    icon: "mdi:memory",
    value: ({ storage }) => rounded(storage.cacheHitRate * 100, 1),
  },
  {
    key: "storage_verify",
    name: { en: "Last check of the store", de: "Letzte Prüfung des Speichers" },
    deviceClass: "enum",
    options: ["ok", "damaged"],
    category: "diagnostic",
    icon: "mdi:shield-check",
    value: ({ storage }) => (storage.verified === undefined ? null : storage.verified.ok ? "ok" : "damaged"),
  },
  {
    key: "storage_verified_at",
    name: { en: "Store checked", de: "Speicher geprüft" },
    deviceClass: "timestamp",
    category: "diagnostic",
    value: ({ storage }) => instant(storage.verified?.at),
  },
  {
    key: "storage_last_backup",
    name: { en: "Last backup", de: "Letztes Backup" },
    deviceClass: "timestamp",
    category: "diagnostic",
    value: ({ storage }) => instant(storage.lastBackupAt),
  },
  {
    key: "legacy_import",
    name: { en: "Data of the older package", de: "Daten des älteren Pakets" },
    deviceClass: "enum",
    options: ["none", "taken", "failed"],
    category: "diagnostic",
    icon: "mdi:database-import",
    value: ({ legacyImport }) => legacyImport,
  },
  {
    key: "storage_free",
    name: { en: "Free disk", de: "Freier Platz" },
    unit: "GB",
    deviceClass: "data_size",
    stateClass: "measurement",
    category: "diagnostic",
    precision: 1,
    value: ({ storage }) => (storage.freeDiskBytes === undefined ? null : rounded(storage.freeDiskBytes / 1e9, 2)),
  },
];

const busRows: readonly Row<BusOverview>[] = [
  {
    key: "utilisation",
    name: { en: "Utilisation", de: "Auslastung" },
    unit: "%",
    stateClass: "measurement",
    precision: 0,
    icon: "mdi:gauge",
    value: ({ load }) => learned(load.counted, load.utilisation * 100, 1),
  },
  {
    key: "utilisation_after",
    name: { en: "Utilisation with advice", de: "Auslastung mit Empfehlung" },
    unit: "%",
    stateClass: "measurement",
    precision: 0,
    icon: "mdi:gauge-low",
    value: ({ load }) => learned(load.counted, load.utilisationAfter * 100, 1),
  },
  {
    key: "time_outs",
    name: { en: "Lost to time-outs", de: "Verloren durch Zeitüberschreitungen" },
    unit: "%",
    stateClass: "measurement",
    category: "diagnostic",
    precision: 0,
    icon: "mdi:timer-sand",
    value: ({ load }) => rounded(load.timeOutShare * 100, 1),
  },
  {
    key: "requests",
    name: { en: "Reads per second", de: "Lesungen pro Sekunde" },
    unit: "1/s",
    stateClass: "measurement",
    precision: 2,
    icon: "mdi:swap-vertical",
    value: ({ load }) => learned(load.counted, load.requestsPerSecond, 3),
  },
  {
    key: "read_time",
    name: { en: "Time per read", de: "Dauer einer Lesung" },
    unit: "ms",
    deviceClass: "duration",
    stateClass: "measurement",
    category: "diagnostic",
    precision: 0,
    value: ({ load }) => rounded(load.serviceSeconds * 1_000, 1),
  },
  {
    key: "sweep_time",
    name: { en: "Time to read everything once", de: "Dauer eines Durchgangs" },
    unit: "s",
    deviceClass: "duration",
    stateClass: "measurement",
    category: "diagnostic",
    precision: 1,
    value: ({ bus, load }) => rounded(bus.entityIds.length * load.serviceSeconds, 2),
  },
  {
    key: "missing",
    name: { en: "Entities without a value", de: "Entitäten ohne Wert" },
    unit: "%",
    stateClass: "measurement",
    category: "diagnostic",
    precision: 0,
    icon: "mdi:help-network",
    value: ({ missing }) => rounded(missing * 100, 1),
  },
  {
    key: "entities",
    name: { en: "Entities", de: "Entitäten" },
    stateClass: "measurement",
    category: "diagnostic",
    icon: "mdi:format-list-bulleted",
    value: ({ bus }) => bus.entityIds.length,
  },
];

function entityRows({ entity }: EntityOverview): readonly Row<EntityOverview>[] {
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

function behind(name: string, text: LocalText): LocalText {
  return { en: `${name} ${text.en}`, de: `${name} ${text.de}` };
}

function known(value: number | undefined): SensorValue {
  return value === undefined || !Number.isFinite(value) ? null : value;
}

function rounded(value: number | undefined, decimals: number): SensorValue {
  return value === undefined || !Number.isFinite(value) ? null : Number(value.toFixed(decimals));
}

/** While nothing is counted the figure would be a zero that means nothing. */
function learned(counted: number, value: number, decimals: number): SensorValue {
  return counted === 0 ? null : rounded(value, decimals);
}

function instant(time: number | undefined): SensorValue {
  return time === undefined ? null : new Date(time).toISOString();
}
