import type { BusOverview, EntityOverview, Overview } from "#model/overview.ts";

/** A bus with a load, as far as a test cares. */
export function busOverview(id: string, utilisation = 0.3, counted = 2): BusOverview {
  return {
    bus: {
      id,
      name: id,
      type: "tcp",
      endpoint: "127.0.0.1:502",
      units: [1],
      entityIds: ["sensor.a", "sensor.b"],
      origin: "connections",
    },
    load: {
      busId: id,
      requestsPerSecond: 3,
      serviceSeconds: 0.1,
      serviceOrigin: "observed",
      timeOutShare: 0,
      utilisation,
      utilisationAfter: utilisation / 2,
      counted,
      uncounted: 0,
    },
    missing: 0,
    budget: 0.5,
    sentence: `${id} is busy ${Math.round(utilisation * 100)} % of the time.`,
  };
}

export function entityOverview(entityId: string, action: "keep" | "slower" | "wait" = "slower"): EntityOverview {
  return {
    entity: { entityId, integration: "modbus", name: `Name of ${entityId}`, unit: "°C" },
    busId: "line",
    interval: { entityId, seconds: 5.004, origin: "last-reported", gaps: 20, asOf: 0 },
    advice: {
      entityId,
      action,
      present: 5.004,
      reason: "Has not changed in 3 h.",
      ...(action === "wait" ? {} : { recommended: 30 }),
    },
  };
}

/** A healthy home; `parts` replace what a test is about. */
export function overviewOf(parts: Partial<Overview> = {}): Overview {
  return {
    at: 1_700_000_000_000,
    product: { version: "1.2.3", demo: false, startedAt: 1_699_999_000_000 },
    connection: { state: "live", since: 1_699_999_000_000, version: "2026.11.0", reconnects: 0 },
    ingest: {
      entities: 2,
      accepted: 100,
      duplicates: 3,
      refused: 0,
      waiting: 0,
      outOfOrder: 0,
      clockJumps: 0,
      ratePerSecond: 6.25,
      lagMilliseconds: 12,
      gaps: 1,
      openGaps: 0,
    },
    storage: {
      status: "ok",
      series: 2,
      samples: 1_000,
      chunks: 1,
      bytes: 2_650_000,
      bytesPerSample: 2.65,
      bytesWritten: 3_100_000,
      cacheHitRate: 0.93,
      verified: { at: 1_700_000_000_000, ok: true },
      bytesPerDay: 31_000_000,
      lastCommitAt: 1_700_000_000_000,
      commitMilliseconds: 1.234,
      damagedFrames: 0,
      freeDiskBytes: 12_340_000_000,
      activity: "idle",
    },
    publishing: {},
    legacyImport: "none",
    drive: { isOn: false },
    budget: 0.5,
    buses: [busOverview("line")],
    entities: [entityOverview("sensor.a"), entityOverview("sensor.b", "keep")],
    ...parts,
  };
}
