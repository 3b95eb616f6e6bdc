import { defined } from "#core/defined.ts";
import type { Advice } from "#model/advice.ts";
import type { Bus } from "#model/bus.ts";
import type { EffectiveInterval } from "#model/effective-interval.ts";
import type { Entity, EntityId } from "#model/entity.ts";
import type { EntityStatistics } from "#model/entity-statistics.ts";
import { type Findings, noFindings } from "#model/findings.ts";
import type { ModbusConnection } from "#model/modbus-connection.ts";
import type { BusOverview, EntityOverview } from "#model/overview.ts";
import type { Rename } from "#model/rename.ts";
import { isMissing } from "#model/sample.ts";
import type { PollBurst } from "#model/poll.ts";
import type { Prior } from "#model/prior.ts";
import type { Reading } from "#model/reading.ts";
import { windowNames, type WindowStatistics } from "#model/window-statistics.ts";
import type { YamlHub } from "#model/yaml-hub.ts";
import { busBudget } from "#modbus/bus-budget.ts";
import { configuredEntities } from "#modbus/configured-entities.ts";
import { LineSplit } from "#modbus/line-split.ts";
import { loadOf, loadSentence, serviceSecondsOf } from "#modbus/load.ts";
import { busesOf } from "#modbus/topology.ts";
import type { Known } from "#pipeline/find.ts";
import { addToTrace, emptyTrace, isWholeTrace } from "#pipeline/grid/trace.ts";
import { PerEntityStage } from "#pipeline/per-entity-stage.ts";
import { type AdviceInput, adviseBus } from "#pipeline/polling/advice.ts";
import { combInterval } from "#pipeline/polling/comb.ts";
import { commonInterval } from "#pipeline/polling/common-interval.ts";
import type { BusPlan, LearnedEntity } from "#pipeline/polling/plan.ts";
import { drivenAdvice, plannedAdvice, planSentence } from "#pipeline/polling/planned-advice.ts";
import { EffectiveIntervals } from "#pipeline/polling/effective-interval.ts";
import { mostStates } from "#pipeline/statistics/dwell.ts";
import { hourProfile, ratesByHour } from "#pipeline/statistics/hour-profile.ts";
import { ratesByWeekday } from "#pipeline/statistics/weekday-profile.ts";
import type { SummaryOptions } from "#pipeline/statistics/accumulator.ts";
import { StatisticsStage } from "#pipeline/statistics/statistics-stage.ts";
import { addToWindows, emptyWindows, isWholeWindows, summarizeWindow } from "#pipeline/statistics/windows.ts";
import { BusTimes } from "./bus-times.ts";
import { RecentReadTimes } from "./recent-reads.ts";
import { RecentSummaries } from "./recent-summaries.ts";
import { Unchanged } from "./unchanged.ts";

/** What is known of the home at one moment. */
export interface Description {
  /** Worst first. */
  readonly buses: readonly BusOverview[];
  /** By share of the bus, largest first. */
  readonly entities: readonly EntityOverview[];
}

/** A device that has a new value every second read, or less often. */
const clearlySlower = 1.8;

/** Entities of lines that are told apart by their reads: nobody has more on two that stand nowhere. */
const mostTold = 500;

/**
 * The pipeline's stages and the buses, put together: what comes in is learned, and `describe` says what follows from it. Neither
 * clock nor disk: the daemon and the report use the same.
 */
export class Knowledge {
  readonly statistics = new StatisticsStage();
  readonly intervals = new EffectiveIntervals();
  readonly traces = new PerEntityStage(emptyTrace, addToTrace, isWholeTrace);
  readonly windows = new PerEntityStage(emptyWindows, addToWindows, isWholeWindows);
  readonly lines = new LineSplit();
  readonly busTimes = new BusTimes();
  /** As of the last time it was found out. */
  findings: Findings = noFindings;
  /** By bus, as last made; until then, and of entities that are in none, simple rules advise. */
  plans: ReadonlyMap<string, BusPlan> = new Map();
  /** What the plans were made of, by bus; empty until they were made in this run. */
  learned: ReadonlyMap<string, readonly LearnedEntity[]> = new Map();
  readonly reads = new RecentReadTimes();
  /** Of each entity that the drive reads now, the seconds between its reads. */
  driven: () => ReadonlyMap<EntityId, number> = () => new Map();
  #entities: readonly Entity[] = [];
  #byId: ReadonlyMap<EntityId, Entity> = new Map();
  #connections: readonly ModbusConnection[] | undefined;
  #hubs: readonly YamlHub[] = [];
  #buses: readonly Bus[] = [];
  #priors: ReadonlyMap<EntityId, Prior> = new Map();
  /** As of so many samples. */
  readonly #combs = new Map<EntityId, { readonly samples: number; readonly interval: EffectiveInterval | undefined }>();
  readonly #recent = new RecentSummaries(this.statistics);
  readonly #advice = new Unchanged<Advice>();
  readonly #overviews = new Unchanged<EntityOverview>();
  #members: ReadonlyMap<string, ReadonlySet<EntityId>> = new Map();
  #busOf: ReadonlyMap<EntityId, string> = new Map();
  #configuredSeconds: ReadonlyMap<EntityId, number> = new Map();

  get entities(): readonly Entity[] {
    return this.#entities;
  }

  get connections(): readonly ModbusConnection[] | undefined {
    return this.#connections;
  }

  get hubs(): readonly YamlHub[] {
    return this.#hubs;
  }

  get buses(): readonly Bus[] {
    return this.#buses;
  }

  /** Seconds a bus is busy for one read. */
  serviceSeconds(bus: Bus): number {
    return serviceSecondsOf(bus, this.busTimes.serviceSeconds(bus));
  }

  kindOf(entityId: EntityId, now: number): EntityStatistics["kind"] | undefined {
    return this.statistics.summarize(entityId, { now })?.kind;
  }

  setEntities(entities: readonly Entity[]): void {
    this.#entities = entities;
    this.#byId = new Map(entities.map((entity) => [entity.entityId, entity]));
    this.#assign();
  }

  setConnections(connections: readonly ModbusConnection[] | undefined): void {
    this.#connections = connections;
    this.#assign();
  }

  /** As they stand in Home Assistant's configuration; none where it cannot be read. */
  setHubs(hubs: readonly YamlHub[]): void {
    this.#hubs = hubs;
    this.#assign();
  }

  /** What was counted by others, until enough was seen here. */
  setPriors(priors: readonly Prior[]): void {
    this.#priors = new Map(priors.map((prior) => [prior.entityId, prior]));
  }

  #assign(): void {
    for (const kept of [this.#recent, this.#advice, this.#overviews]) kept.forget();
    this.#buses = busesOf(this.#entities, this.#connections, this.#hubs, (entityIds) => this.lines.split(entityIds));
    this.#members = new Map(this.#buses.map(({ id, entityIds }) => [id, new Set(entityIds)]));
    this.#busOf = new Map(this.#buses.flatMap(({ id, entityIds }) => entityIds.map((entityId) => [entityId, id])));
    const configuredAs = configuredEntities(this.#hubs);
    this.#configuredSeconds = this.#known((entity) => configuredAs(entity)?.configured.interval);
  }

  /** What was learned of an entity goes on under its new id. */
  rename({ from, to }: Rename): void {
    this.statistics.states.rename(from, to);
    this.intervals.states.rename(from, to);
    this.traces.states.rename(from, to);
    this.windows.states.rename(from, to);
    this.reads.rename(from, to);
    for (const entityId of [from, to]) this.#combs.delete(entityId);
  }

  /** Readings in time order of each entity; of those a stage has seen already it takes none. */
  learn(readings: readonly Reading[]): void {
    this.statistics.step(readings);
    this.traces.step(readings);
    this.windows.step(readings);
  }

  /** Figures of the last hour, day and week and of all time; empty for an entity that is not known. */
  windowStatistics(entityId: EntityId, now: number): readonly WindowStatistics[] {
    const windows = this.windows.states.get(entityId);
    if (windows === undefined) return [];
    return windowNames.map((name) => summarizeWindow(windows, name, now)).filter((each) => each !== undefined);
  }

  /** What is too much for an overview: windows, changes an hour in each hour of the day (UTC) and on each day of the week, time in each of a few states and what follows them. */
  details(entityId: EntityId, now: number): Readonly<Record<string, unknown>> {
    const behaviour = this.statistics.behaviour(entityId);
    const { dwell, texts = [] } = behaviour ?? {};
    const states = texts.map((state, from) => ({
      state,
      seconds: (dwell?.time[from] ?? 0) / 1_000,
      next: Object.fromEntries(
        texts.flatMap((text, to) => {
          const count = dwell?.transitions[from * mostStates + to] ?? 0;
          return count === 0 ? [] : [[text, count]];
        }),
      ),
    }));
    return {
      windows: this.windowStatistics(entityId, now),
      changesByHour: behaviour === undefined ? null : (ratesByHour(hourProfile(behaviour)) ?? null),
      changesByWeekday: behaviour === undefined ? null : (ratesByWeekday(behaviour) ?? null),
      states,
    };
  }

  /** All that is known of each entity, for findings; entities without a value are left out. */
  known(now: number): readonly Known[] {
    const intervals = this.#known(({ entityId }) => this.interval(entityId));
    const all = this.#statistics(now, intervals, this.statistics);
    return this.#entities.flatMap((entity) => {
      const { entityId } = entity;
      const statistics = all.get(entityId);
      const behaviour = this.statistics.behaviour(entityId);
      const trace = this.traces.states.get(entityId);
      return statistics === undefined || behaviour === undefined || trace === undefined
        ? []
        : [{ entity, statistics, behaviour, trace }];
    });
  }

  seePolls(burst: PollBurst): void {
    this.intervals.step(burst);
    this.reads.see(burst);
    this.#tellLinesApart(burst);
    this.busTimes.step(burst, this.#members, this.#busOf);
  }

  /** Only where several hubs share a bus because nobody tells them apart. */
  #tellLinesApart(burst: PollBurst): void {
    const shared = this.#buses.filter(
      ({ id, origin, entityIds }) => origin === "assumed" && id === "modbus" && entityIds.length <= mostTold,
    );
    if (shared.length === 0) return;
    this.lines.step(burst, new Set(shared.flatMap(({ entityIds }) => entityIds)));
    if (shared.some(({ entityIds }) => this.lines.split(entityIds) !== undefined)) this.#assign();
  }

  /** `now` in ms since 1970, `allowed` the share of each bus that reads may take. */
  describe(now: number, allowed: number): Description {
    const driven = this.driven();
    const intervals = this.#known(({ entityId }) => this.interval(entityId));
    const statistics = this.#statistics(now, intervals, this.#recent);
    const advice = new Map<EntityId, Advice>();
    const buses = this.#buses.map((bus) => {
      const budget = busBudget(bus, allowed);
      const observedSeconds = this.busTimes.serviceSeconds(bus);
      const serviceSeconds = serviceSecondsOf(bus, observedSeconds);
      const inputs = bus.entityIds.map((entityId) =>
        defined<AdviceInput>({
          entityId,
          statistics: statistics.get(entityId),
          interval: intervals.get(entityId),
          unit: this.#byId.get(entityId)?.unit,
          readsSeen: this.intervals.gapsSeen(entityId),
          prior: this.#priors.get(entityId),
        }),
      );
      for (const given of adviseBus(inputs, { serviceSeconds, budget })) advice.set(given.entityId, given);
      const { gain, joined, entities: planned = [] } = this.plans.get(bus.id) ?? {};
      const excess = loadOf(bus, { intervals, advice, observedSeconds }).utilisation / budget;
      for (const each of planned) {
        const isSeen = advice.get(each.entityId)?.present !== undefined && each.loss !== undefined;
        if (gain === undefined || !isSeen) continue;
        advice.set(each.entityId, plannedAdvice(each, { gain, serviceSeconds, excess }));
      }
      for (const entityId of bus.entityIds) {
        const seconds = driven.get(entityId);
        if (seconds === undefined) continue;
        advice.set(entityId, drivenAdvice(entityId, intervals.get(entityId)?.seconds ?? seconds, serviceSeconds));
      }
      const timeOutShare = this.busTimes.timeOutShare(bus);
      const load = loadOf(bus, { intervals, advice, observedSeconds, timeOutShare });
      const known = bus.entityIds.map((entityId) => statistics.get(entityId)).filter((each) => each !== undefined);
      const missing = known.filter(({ lastState }) => isMissing(lastState)).length;
      const costly = () =>
        bus.entityIds
          .map((entityId) => ({
            name: this.#byId.get(entityId)?.name ?? entityId,
            share: advice.get(entityId)?.share ?? 0,
          }))
          .filter(({ share }) => share > 0)
          .toSorted((a, b) => b.share - a.share);
      const sentence = loadSentence(bus, load, { budget, missing, costly });
      return defined<BusOverview>({
        bus,
        load,
        budget,
        missing: missing / Math.max(1, known.length),
        sentence,
        plan: gain === undefined ? undefined : { ...gain, sentence: planSentence(gain) },
        joined,
      });
    });
    const clusterOf = new Map(
      this.findings.clusters.flatMap(({ id, members }) => members.map((entityId) => [entityId, id])),
    );
    const entities = this.#entities.map((entity) => {
      const { entityId } = entity;
      const interval = intervals.get(entityId);
      const given = advice.get(entityId);
      const made = defined<EntityOverview>({
        entity,
        busId: this.#busOf.get(entityId),
        statistics: statistics.get(entityId),
        interval,
        advice: given === undefined ? undefined : this.#advice.sameOr(entityId, given),
        refreshSeconds: this.#refreshOf(entityId, interval),
        pattern: this.findings.patterns.get(entityId)?.[0],
        cluster: clusterOf.get(entityId),
        configuredSeconds: this.#configuredSeconds.get(entityId),
        drivenSeconds: driven.get(entityId),
      });
      return this.#overviews.sameOr(entityId, made);
    });
    return {
      buses: buses.toSorted((a, b) => b.load.utilisation - a.load.utilisation),
      entities: entities.toSorted(
        (a, b) =>
          (b.advice?.share ?? 0) - (a.advice?.share ?? 0) || a.entity.entityId.localeCompare(b.entity.entityId, "en"),
      ),
    };
  }

  /** How often an entity is read, from reads that were seen or from the comb of its changes. */
  interval(entityId: EntityId): EffectiveInterval | undefined {
    return this.intervals.interval(entityId) ?? this.#combOf(entityId);
  }

  /** Without a read that was seen, the reads show in the times between changes. */
  #combOf(entityId: EntityId): EffectiveInterval | undefined {
    const samples = this.statistics.samples(entityId);
    const known = this.#combs.get(entityId);
    if (known?.samples === samples) return known.interval;
    const gaps = this.statistics.gapsOfReads(entityId);
    const milliseconds = combInterval(gaps);
    const asOf = this.statistics.lastTime(entityId);
    const interval =
      milliseconds === undefined
        ? undefined
        : ({ entityId, seconds: milliseconds / 1_000, origin: "changes", gaps: gaps.length, asOf } as const);
    this.#combs.set(entityId, { samples, interval });
    return interval;
  }

  /** The comb of the changes is the device's own where it is clearly slower than the reads that were seen. */
  #refreshOf(entityId: EntityId, interval: EffectiveInterval | undefined): number | undefined {
    if (interval?.origin !== "last-reported") return undefined;
    const comb = this.#combOf(entityId);
    return comb !== undefined && comb.seconds > interval.seconds * clearlySlower ? comb.seconds : undefined;
  }

  /** Of an entity whose reads do not show, reads are counted as often as its bus's others are read. */
  #statistics(
    now: number,
    intervals: ReadonlyMap<EntityId, EffectiveInterval>,
    from: Pick<StatisticsStage, "summarize">,
  ): ReadonlyMap<EntityId, EntityStatistics> {
    const common = new Map(
      this.#buses.map(({ id, entityIds }) => {
        const known = entityIds.map((entityId) => intervals.get(entityId)?.seconds);
        return [id, commonInterval(known.filter((each) => each !== undefined))];
      }),
    );
    return this.#known(({ entityId, stateClass }) =>
      from.summarize(
        entityId,
        defined<SummaryOptions>({
          now,
          unwatched: this.#unwatchedSince(this.statistics.firstTime(entityId)),
          interval: intervals.get(entityId)?.seconds ?? common.get(this.#busOf.get(entityId) ?? ""),
          stateClass,
        }),
      ),
    );
  }

  /** Milliseconds since `time` in which no entity was watched, as far as that was found out. */
  #unwatchedSince(time: number): number {
    return this.findings.unwatched.reduce((sum, { from, to }) => sum + Math.max(0, to - Math.max(from, time)), 0);
  }

  #known<Value>(of: (entity: Entity) => Value | undefined): ReadonlyMap<EntityId, Value> {
    const known = new Map<EntityId, Value>();
    for (const entity of this.#entities) {
      const value = of(entity);
      if (value !== undefined) known.set(entity.entityId, value);
    }
    return known;
  }
}
