import { matchesAny } from "#core/glob.ts";
import type { BusOverview, EntityOverview, Overview } from "#model/overview.ts";
import type { SensorDescription, SensorDevice, SensorReading, SensorValue } from "./sensor.ts";

type Row<Subject> = SensorDescription & { readonly value: (subject: Subject) => SensorValue };

const megabyte = 1_000_000;

/** THE table of sensors: everything the product says of itself in Home Assistant. */
const siteRows: readonly Row<Overview>[] = [
  {
    key: "connection",
    name: "Connection",
    deviceClass: "enum",
    options: ["disconnected", "connecting", "authenticating", "syncing", "live", "refused"],
    category: "diagnostic",
    icon: "mdi:lan-connect",
    value: ({ connection }) => connection.state,
  },
  {
    key: "entities",
    name: "Entities followed",
    stateClass: "measurement",
    icon: "mdi:format-list-bulleted",
    value: ({ ingest }) => ingest.entities,
  },
  {
    key: "values_per_minute",
    name: "Values per minute",
    unit: "1/min",
    stateClass: "measurement",
    precision: 1,
    icon: "mdi:pulse",
    value: ({ ingest }) => rounded(ingest.ratePerSecond * 60, 1),
  },
  {
    key: "lag",
    name: "Lag",
    unit: "ms",
    deviceClass: "duration",
    stateClass: "measurement",
    category: "diagnostic",
    precision: 0,
    value: ({ ingest }) => known(ingest.lagMilliseconds),
  },
  {
    key: "refused",
    name: "Values refused",
    stateClass: "total_increasing",
    category: "diagnostic",
    icon: "mdi:cancel",
    value: ({ ingest }) => ingest.refused,
  },
  {
    key: "gaps",
    name: "Gaps",
    stateClass: "total_increasing",
    category: "diagnostic",
    icon: "mdi:timeline-remove",
    value: ({ ingest }) => ingest.gaps,
  },
  {
    key: "storage_status",
    name: "Storage status",
    deviceClass: "enum",
    options: ["ok", "full", "failing", "damaged"],
    category: "diagnostic",
    icon: "mdi:database-check",
    value: ({ storage }) => storage.status,
  },
  {
    key: "storage_size",
    name: "Storage size",
    unit: "MB",
    deviceClass: "data_size",
    stateClass: "measurement",
    category: "diagnostic",
    precision: 2,
    value: ({ storage }) => rounded(storage.bytes / megabyte, 3),
  },
  {
    key: "storage_values",
    name: "Values stored",
    stateClass: "measurement",
    category: "diagnostic",
    icon: "mdi:counter",
    value: ({ storage }) => storage.samples,
  },
  {
    key: "storage_bytes_per_value",
    name: "Bytes per value",
    unit: "B",
    deviceClass: "data_size",
    stateClass: "measurement",
    category: "diagnostic",
    precision: 2,
    value: ({ storage }) => rounded(storage.bytesPerSample, 2),
  },
  {
    key: "storage_chunks",
    name: "Chunks",
    stateClass: "measurement",
    category: "diagnostic",
    icon: "mdi:file-multiple",
    value: ({ storage }) => storage.chunks,
  },
  {
    key: "storage_written",
    name: "Written since start",
    unit: "MB",
    deviceClass: "data_size",
    stateClass: "total_increasing",
    category: "diagnostic",
    precision: 2,
    value: ({ storage }) => rounded(storage.bytesWritten / megabyte, 3),
  },
  {
    key: "storage_written_per_day",
    name: "Written per day",
    unit: "MB",
    deviceClass: "data_size",
    stateClass: "measurement",
    category: "diagnostic",
    precision: 1,
    value: ({ storage }) => (storage.bytesPerDay === undefined ? null : rounded(storage.bytesPerDay / megabyte, 2)),
  },
  {
    key: "storage_last_commit",
    name: "Last commit",
    deviceClass: "timestamp",
    category: "diagnostic",
    value: ({ storage }) => instant(storage.lastCommitAt),
  },
  {
    key: "storage_commit_time",
    name: "Commit time",
    unit: "ms",
    deviceClass: "duration",
    stateClass: "measurement",
    category: "diagnostic",
    precision: 1,
    value: ({ storage }) => rounded(storage.commitMilliseconds, 2),
  },
  {
    key: "storage_damaged",
    name: "Damaged frames",
    stateClass: "measurement",
    category: "diagnostic",
    icon: "mdi:alert-octagon",
    value: ({ storage }) => storage.damagedFrames,
  },
  {
    key: "storage_cache_hits",
    name: "Cache hits",
    unit: "%",
    stateClass: "measurement",
    category: "diagnostic",
    precision: 0,
    icon: "mdi:memory",
    value: ({ storage }) => rounded(storage.cacheHitRate * 100, 1),
  },
  {
    key: "storage_verify",
    name: "Last check of the store",
    deviceClass: "enum",
    options: ["ok", "damaged"],
    category: "diagnostic",
    icon: "mdi:shield-check",
    value: ({ storage }) => (storage.verified === undefined ? null : storage.verified.ok ? "ok" : "damaged"),
  },
  {
    key: "storage_verified_at",
    name: "Store checked",
    deviceClass: "timestamp",
    category: "diagnostic",
    value: ({ storage }) => instant(storage.verified?.at),
  },
  {
    key: "storage_last_backup",
    name: "Last backup",
    deviceClass: "timestamp",
    category: "diagnostic",
    value: ({ storage }) => instant(storage.lastBackupAt),
  },
  {
    key: "storage_free",
    name: "Free disk",
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
    name: "Utilisation",
    unit: "%",
    stateClass: "measurement",
    precision: 0,
    icon: "mdi:gauge",
    value: ({ load }) => learned(load.counted, load.utilisation * 100, 1),
  },
  {
    key: "utilisation_after",
    name: "Utilisation with advice",
    unit: "%",
    stateClass: "measurement",
    precision: 0,
    icon: "mdi:gauge-low",
    value: ({ load }) => learned(load.counted, load.utilisationAfter * 100, 1),
  },
  {
    key: "requests",
    name: "Reads per second",
    unit: "1/s",
    stateClass: "measurement",
    precision: 2,
    icon: "mdi:swap-vertical",
    value: ({ load }) => learned(load.counted, load.requestsPerSecond, 3),
  },
  {
    key: "read_time",
    name: "Time per read",
    unit: "ms",
    deviceClass: "duration",
    stateClass: "measurement",
    category: "diagnostic",
    precision: 0,
    value: ({ load }) => rounded(load.serviceSeconds * 1_000, 1),
  },
  {
    key: "entities",
    name: "Entities",
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
      name: `${entity.name} effective interval`,
      unit: "s",
      deviceClass: "duration",
      stateClass: "measurement",
      precision: 1,
      value: ({ interval }) => rounded(interval?.seconds, 2),
    },
    {
      key: `${key}_recommended`,
      name: `${entity.name} recommended interval`,
      unit: "s",
      deviceClass: "duration",
      stateClass: "measurement",
      precision: 0,
      value: ({ advice }) => known(advice?.recommended),
    },
  ];
}

/** All devices with their sensors at this moment; entities of their own only for those that match `perEntity`. */
export function sensorDevices(overview: Overview, perEntity: readonly string[]): SensorDevice[] {
  const chosen = matchesAny(perEntity);
  const entities = overview.entities.filter(({ entity }) => chosen(entity.entityId));
  return [
    { key: "site", name: "Modbus Cadence", model: "Daemon", sensors: read(siteRows, overview) },
    ...overview.buses.map((bus) => ({
      key: `bus_${bus.bus.id}`,
      name: `Modbus bus ${bus.bus.name}`,
      model: "Modbus bus",
      sensors: read(busRows, bus),
    })),
    ...(entities.length === 0
      ? []
      : [
          {
            key: "entities",
            name: "Modbus Cadence entities",
            model: "Entities",
            sensors: entities.flatMap((entity) => read(entityRows(entity), entity)),
          },
        ]),
  ];
}

function read<Subject>(rows: readonly Row<Subject>[], subject: Subject): SensorReading[] {
  return rows.map(({ value, ...description }) => ({ description, value: value(subject) }));
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
