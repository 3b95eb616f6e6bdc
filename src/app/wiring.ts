import { Bridge } from "#bridge/bridge.ts";
import type { Clock } from "#core/clock.ts";
import { toCadenceError } from "#core/errors.ts";
import type { Logger } from "#core/logger.ts";
import type { Settings } from "#config/load.ts";
import { wishesOf } from "#config/wishes.ts";
import { Intake } from "#ingest/intake.ts";
import type { ControlKey } from "#diagnostics/control-table.ts";
import { Drive } from "#drive/drive.ts";
import { languageOf } from "#diagnostics/language.ts";
import { updateAutomations } from "#modbus/yaml/update-automation.ts";
import { isConnected, type Overview, type StorageHealth } from "#model/overview.ts";
import { Broker } from "#publish/broker.ts";
import { namedBroker, supervisorBroker } from "#publish/broker-address.ts";
import { availabilityTopic } from "#publish/mqtt-discovery.ts";
import { Publisher } from "#publish/publisher.ts";
import type { Repository } from "#repository/repository.ts";
import { Backups, type Storage } from "#storage/index.ts";
import { ConfigurationFolder } from "#sources/configuration-folder.ts";
import { PanelServer } from "#web/server.ts";
import { administrators } from "./administrators.ts";
import { Analysis } from "./analysis.ts";
import { BackupSchedule } from "./backup-schedule.ts";
import { ConfigurationWatch } from "./configuration-watch.ts";
import { busesWrittenTo, driveTargets, driveTurns, valuesOf, withDrive } from "./driving.ts";
import { entityDetail } from "./entity-detail.ts";
import { FleetShipping, withPassword } from "./fleet.ts";
import { historyOf } from "./history.ts";
import { HourlyRecords } from "./hourly-records.ts";
import { intervalChanges } from "./interval-changes.ts";
import { Knowledge } from "./knowledge.ts";
import { Learning, learningStopWithin } from "./learning.ts";
import { adviceAsUpdates, planPatch } from "./plan-patch.ts";
import { planPreview } from "./planning.ts";
import { plotSeries } from "./plot-series.ts";
import { recorderArchive } from "./recorder-archive.ts";
import { relatedOf } from "./related.ts";
import { remembered } from "./remembered.ts";
import { sparkLines } from "./spark-lines.ts";
import { StorageUpkeep } from "./storage-upkeep.ts";
import { StorageWatch } from "./storage-watch.ts";
import type { SupervisedService } from "./supervisor.ts";

export interface WiringOptions {
  readonly settings: Settings;
  readonly storage: Storage;
  readonly repository: Repository;
  readonly logger: Logger;
  /** The home's time; in the demo it runs faster than the machine's. */
  readonly clock: Clock;
  /** The machine's time: network, deadlines, browser. */
  readonly networkClock: Clock;
  readonly product: Overview["product"];
  readonly legacyImport: Overview["legacyImport"];
  /** Share of each bus that reads should take at most, at the start. */
  readonly budget: number;
  /** Whether the drive is on, at the start. */
  readonly isDriveOn: boolean;
  /** Milliseconds between two looks at the reads. */
  readonly pollPeriod?: number;
  /** Somebody wants the store to become what this backup is: all has to be stopped for that. */
  readonly onRestore: (backup: string) => void;
}

const day = 86_400_000;

export interface Wiring {
  readonly bridge: Bridge;
  readonly panel: PanelServer;
  readonly publisher: Publisher;
  /** In the order in which they start. */
  readonly services: readonly SupervisedService[];
  overview(): Overview;
}

/** The data's way, from top to bottom. */
export function wire({
  settings: { config, addon, panelHost, storeDirectory, homeAssistantConfig, mqttCa, fleetCa },
  storage,
  repository,
  logger,
  clock,
  networkClock,
  product,
  legacyImport,
  budget: initialBudget,
  isDriveOn,
  pollPeriod,
  onRestore,
}: WiringOptions): Wiring {
  let budget = initialBudget;
  const knowledge = new Knowledge();
  const learning = new Learning({ repository, knowledge, logger: logger.child("learning"), clock });
  const analysis = new Analysis({
    repository,
    knowledge,
    logger: logger.child("analysis"),
    clock,
    budget: () => budget,
    wishOf: wishesOf(config),
  });
  const storageWatch = new StorageWatch(storage, clock);
  const backups = new Backups({ directory: storeDirectory, clock: networkClock, logger: logger.child("backups") });
  const backupSchedule = new BackupSchedule({
    backups,
    clock: networkClock,
    logger: logger.child("backups"),
    interval: config.backup_interval * 3_600_000,
    keep: { newest: config.backup_keep, daily: config.backup_keep_daily, weekly: config.backup_keep_weekly },
  });
  const storageUpkeep = new StorageUpkeep({
    storage,
    backups,
    clock: networkClock,
    homeClock: clock,
    logger: logger.child("storage"),
    retentionDays: config.retention_days,
    retentionBytes: config.retention_size * 1_000_000,
  });

  // Home Assistant → bridge → ingest → repository and pipeline
  const intake = new Intake({
    clock,
    logger: logger.child("ingest"),
    sink: async (batch) => {
      await learning.take(batch);
      if (batch.closedGaps.length > 0) storageWatch.restartRate();
    },
  });
  const bridge = new Bridge({
    url: config.home_assistant_url ?? "",
    token: config.home_assistant_token ?? "",
    clock,
    networkClock,
    logger: logger.child("bridge"),
    random: Math.random,
    integrations: config.integrations,
    include: config.include,
    exclude: config.exclude,
    backfillDays: config.backfill_days,
    resume: {
      backfilled: repository.runtimeState.backfilled,
      ...(repository.runtimeState.coveredUntil === undefined
        ? {}
        : { coveredUntil: repository.runtimeState.coveredUntil }),
    },
    ...(pollPeriod === undefined ? {} : { pollPeriod }),
    sink: intake,
    known: () => knowledge.entities,
    ...(homeAssistantConfig === undefined || product.demo
      ? {}
      : { archive: recorderArchive(homeAssistantConfig, (past) => learning.takePast(past)) }),
  });
  const configurationFiles =
    homeAssistantConfig === undefined || product.demo ? undefined : new ConfigurationFolder(homeAssistantConfig);
  const configurationWatch =
    configurationFiles === undefined
      ? undefined
      : new ConfigurationWatch({
          files: configurationFiles,
          clock: networkClock,
          logger: logger.child("configuration"),
          onHubs: async (hubs) => {
            const changes = intervalChanges(knowledge.hubs, hubs, knowledge.entities, clock.now());
            knowledge.setHubs(hubs);
            await repository.commit((batch) => {
              for (const change of changes) repository.intervalHistory.stage(batch, change);
            });
          },
        });
  bridge.events.on("entities", (entities) => knowledge.setEntities(entities));
  bridge.events.on("connections", (connections) => knowledge.setConnections(connections));
  bridge.events.on("polls", (burst) => knowledge.seePolls(burst));

  // bridge ◀── drive ◀── pipeline: only when it was switched on
  const valueOfState = valuesOf();
  const drive = new Drive({
    clock: networkClock,
    logger: logger.child("drive"),
    port: { read: async (entityId) => valueOfState(entityId, await bridge.readNow(entityId)) },
    targets: () => (isConnected(bridge.health().state) ? driveTargets(knowledge, config, budget) : []),
    turns: (target, tick) => driveTurns(target, tick, { repository, knowledge, now: clock.now() }),
    isOn: isDriveOn,
  });
  knowledge.driven = () => drive.describe().seconds;
  let watchesWrites = false;
  const watchWrites = (): void => {
    if (!drive.isOn || watchesWrites || !isConnected(bridge.health().state)) return;
    watchesWrites = true;
    bridge
      .watchServiceCalls((call) => {
        for (const { id } of busesWrittenTo(call, knowledge.buses)) drive.giveWay(id);
      })
      .catch((error: unknown) => {
        watchesWrites = false;
        logger.warn("Writes of others cannot be seen, so the drive does not give way to them", { error });
      });
  };

  const storageHealth = (): StorageHealth => {
    const { making, ...lastBackup } = backupSchedule.health();
    const upkeep = storageUpkeep.health();
    return { ...storageWatch.health(), ...upkeep, ...lastBackup, ...(making ? { activity: "backing_up" } : {}) };
  };

  // pipeline and modbus → one overview …
  const overview = (): Overview => {
    const driven = drive.describe();
    for (const { busId, serviceSeconds } of driven.buses)
      if (serviceSeconds !== undefined) knowledge.busTimes.seeRoundTrip(busId, serviceSeconds);
    const { buses, entities } = knowledge.describe(clock.now(), budget);
    return {
      at: clock.now(),
      product,
      connection: bridge.health(),
      ingest: {
        ...intake.counters(),
        entities: knowledge.entities.length,
        gaps: bridge.gaps.total,
        openGaps: bridge.gaps.open,
      },
      storage: storageHealth(),
      publishing: publisher.failure === undefined ? {} : { cause: publisher.failure },
      legacyImport,
      budget,
      drive: { isOn: drive.isOn },
      buses: withDrive(buses, driven.buses),
      entities,
    };
  };

  // … → diagnostics → sensors and panel
  const named = namedBroker({
    url: config.mqtt_url,
    username: config.mqtt_username,
    password: config.mqtt_password,
    ca: mqttCa,
  });
  const hasOwnBroker = !product.demo && (named !== undefined || addon) && ["auto", "mqtt"].includes(config.publish);
  const broker = hasOwnBroker
    ? new Broker({
        find: async () => named ?? (await supervisorBroker(config.home_assistant_token ?? "")),
        clock: networkClock,
        logger: logger.child("broker"),
        random: Math.random,
        clientId: "modbus_cadence",
        will: { topic: availabilityTopic, payload: "offline", retain: true },
      })
    : undefined;
  const commands: Readonly<Record<ControlKey, (value: number) => Promise<void>>> = {
    verify: () => storageUpkeep.verifyNow(),
    backup: () => backupSchedule.backupNow(),
    compact: () => storageUpkeep.compactNow(),
    recompute: async () => {
      await learning.save();
      await analysis.runNow();
    },
    bus_budget: async (percent) => {
      budget = percent / 100;
      await repository.adjustments.set("busBudget", budget, config.bus_budget);
    },
    drive: async (isOn) => {
      await drive.turn(isOn === 1);
      watchWrites();
      await repository.adjustments.set("drive", drive.isOn, config.drive);
    },
  };
  const publisher = new Publisher({
    clock: networkClock,
    logger: logger.child("publish"),
    port: bridge,
    ...(broker === undefined ? {} : { broker }),
    announced: repository.announced,
    language: () => (config.language === "auto" ? languageOf(bridge.language) : config.language),
    onCommand: (key, value) => commands[key](value ?? 0),
    overview,
    mode: config.publish,
    interval: config.publish_interval,
    prefix: config.mqtt_discovery_prefix,
    perEntity: config.publish_entities,
  });
  let wasConnected = false;
  bridge.events.on("connection", ({ state }) => {
    const isNew = isConnected(state) && !wasConnected;
    wasConnected = isConnected(state);
    // A broker of our own tells us when Home Assistant begins to listen.
    if (isNew && broker?.connected !== true) publisher.announce();
    if (isNew) {
      watchesWrites = false;
      watchWrites();
    }
  });
  const names = (): ((entityId: string) => string) => {
    const known = new Map(knowledge.entities.map(({ entityId, name }) => [entityId, name]));
    return (entityId) => known.get(entityId) ?? entityId;
  };
  /** What fails is said in the log, and what came of it stands in the overview. */
  const inBackground = (work: Promise<void>): void => {
    work.catch((error: unknown) => logger.warn(`What the panel asked for failed. ${toCadenceError(error).sentence}`));
  };
  const fleet =
    config.fleet_url === undefined
      ? undefined
      : new FleetShipping({
          url: withPassword(config.fleet_url, config.fleet_password),
          ...(fleetCa === undefined ? {} : { ca: fleetCa }),
          site: config.fleet_site,
          repository,
          overview,
          clock: networkClock,
          logger: logger.child("fleet"),
        });
  const hourlyRecords = new HourlyRecords({ repository, clock, logger: logger.child("history"), overview });
  const panel = new PanelServer({
    clock: networkClock,
    logger: logger.child("panel"),
    host: panelHost,
    port: config.panel_port,
    ...(config.panel_token === undefined ? {} : { token: config.panel_token }),
    ingress: addon,
    content: {
      overview,
      health: () => ({ connection: bridge.health(), storage: storageHealth() }),
      planPatch: remembered(networkClock, 10_000, () =>
        planPatch(configurationFiles, { ...knowledge.describe(clock.now(), budget), budget }),
      ),
      automations: () => updateAutomations(adviceAsUpdates(overview().entities)),
      loadCurve: (busId) => knowledge.plans.get(busId)?.curve,
      planPreview: (busId, share) => planPreview(knowledge, busId, share),
      related: () => relatedOf(knowledge.findings, names()),
      history: remembered(networkClock, 30_000, async () =>
        historyOf(await repository.intervalHistory.all(), await repository.gaps.all(), names()),
      ),
      hours: (days) => repository.hourlyRecords.since(clock.now() - days * day),
      entity: (entityId) =>
        entityDetail(entityId, { repository, knowledge, overview: overview(), wishOf: wishesOf(config) }),
      plot: (entityId, range) =>
        plotSeries(repository, entityId, range, knowledge.reads.within(entityId, range.from, range.to)),
      ...(fleet === undefined ? {} : { fleet: () => fleet.fleet() }),
      sparkLines: (entityIds) => sparkLines(repository, entityIds, clock.now()),
      storage: remembered(networkClock, 5_000, async () => ({
        chunks: (await storage.chunks()).toSorted((a, b) => (a.from ?? 0) - (b.from ?? 0)),
        backups: (await backups.list()).toReversed(),
        hours: await repository.hourlyRecords.since(clock.now() - 31 * day),
      })),
    },
    actions: {
      retryConnection: () => bridge.retryNow(),
      verify: () => inBackground(storageUpkeep.verifyNow()),
      stopVerifying: () => storageUpkeep.stopVerifying(),
      backup: () => inBackground(backupSchedule.backupNow()),
      restore: async (name) => {
        const isThere = (await backups.list()).some((backup) => backup.name === name);
        if (isThere) onRestore(name);
        return isThere;
      },
      setBudget: (share) => commands.bus_budget(share * 100),
      setDrive: (isOn) => commands.drive(isOn ? 1 : 0),
    },
    isAdministrator: administrators({
      clock: networkClock,
      logger: logger.child("panel"),
      list: () => bridge.administrators(),
    }),
  });
  return {
    bridge,
    panel,
    publisher,
    overview,
    services: [
      { service: panel },
      { service: learning, startWithin: 600_000, stopWithin: learningStopWithin },
      { service: storageWatch },
      { service: backupSchedule },
      { service: storageUpkeep },
      { service: analysis },
      { service: hourlyRecords },
      ...(fleet === undefined ? [] : [{ service: fleet }]),
      ...(configurationWatch === undefined ? [] : [{ service: configurationWatch }]),
      { service: intake },
      { service: bridge },
      { service: drive },
      ...(broker === undefined ? [] : [{ service: broker }]),
      { service: publisher },
    ],
  };
}
