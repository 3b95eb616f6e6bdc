import { afterEach, describe, expect, it } from "vitest";
import type { ArchivePort } from "#bridge/ports.ts";
import { Bridge, type BridgeOptions } from "#bridge/bridge.ts";
import { acceleratedClock, type Clock } from "#core/clock.ts";
import { CadenceError } from "#core/errors.ts";
import { silentLogger } from "#core/logger.ts";
import type { Entity } from "#model/entity.ts";
import type { ConnectionState } from "#model/overview.ts";
import type { PollBurst } from "#model/poll.ts";
import { SimulatedHome } from "#simulator/simulated-home.ts";
import { pause } from "../support/daemon.ts";
import { asLine, SampleCollector } from "../support/sample-collector.ts";

/** The home lives a minute in a second of the test; the network's deadlines are ten times shorter. */
const homeSpeed = 60;
const networkSpeed = 10;
const token = "a-token";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

async function startHome(clock: Clock): Promise<SimulatedHome> {
  const home = await SimulatedHome.start({ clock, logger: silentLogger, token, historyHours: 0.2, slice: 1_000 });
  open.push(() => home.stop());
  return home;
}

function startBridge(clock: Clock, url: string, options: Partial<BridgeOptions> = {}) {
  const sink = new SampleCollector();
  const bridge = new Bridge({
    url,
    token,
    clock,
    networkClock: acceleratedClock(0, networkSpeed),
    logger: silentLogger,
    random: () => 0.5,
    integrations: ["modbus", "solax_modbus"],
    include: [],
    exclude: [],
    backfillDays: 1,
    resume: { backfilled: new Set() },
    pollPeriod: 5_000,
    sink,
    ...options,
  });
  const states: ConnectionState[] = [];
  let entities: readonly Entity[] = [];
  const bursts: PollBurst[] = [];
  bridge.events.on("connection", ({ state }) => void (state === states.at(-1) || states.push(state)));
  bridge.events.on("entities", (all) => void (entities = all));
  bridge.events.on("polls", (burst) => void bursts.push(burst));
  void bridge.start();
  open.push(() => bridge.stop());
  return {
    bridge,
    sink: (options.sink as SampleCollector | undefined) ?? sink,
    states,
    bursts,
    entities: () => entities,
  };
}

async function until(what: string, holds: () => boolean, within = 12_000): Promise<void> {
  const deadline = performance.now() + within;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`Not reached: ${what}`);
    await pause(20);
  }
}

/** States of the home's Modbus entities from `from` to `to` (ms since 1970) that were not delivered. */
function missing({ home }: SimulatedHome, sink: SampleCollector, from: number, to: number): string[] {
  const delivered = sink.lines;
  const happened = home.registers.flatMap(({ entityId }) =>
    home.history(entityId, from, to).map(({ time, state }) => asLine({ entityId, time: Math.round(time), state })),
  );
  expect(happened.length).toBeGreaterThan(100);
  return happened.filter((line) => !delivered.has(line));
}

describe("following a home", () => {
  it("finds the Modbus entities alone, those without a unique id too, with what Home Assistant says of them", async () => {
    const clock = acceleratedClock(Date.now(), homeSpeed);
    const home = await startHome(clock);
    const { bridge, entities } = startBridge(clock, home.url);
    await until("live", () => bridge.health().state === "live");
    expect(
      entities()
        .map(({ entityId }) => entityId)
        .toSorted(),
    ).toEqual(home.home.registers.map(({ entityId }) => entityId).toSorted());
    expect(entities().filter(({ uniqueId }) => uniqueId === undefined).length).toBeGreaterThan(5);
    expect(entities().find(({ entityId }) => entityId === "sensor.meter_power")).toMatchObject({
      integration: "modbus",
      name: "Meter power",
      unit: "W",
      deviceClass: "power",
      stateClass: "measurement",
    });
  });

  it("follows no more than it is asked for", async () => {
    const clock = acceleratedClock(Date.now(), homeSpeed);
    const home = await startHome(clock);
    const { bridge, entities } = startBridge(clock, home.url, {
      include: ["sensor.meter_*"],
      exclude: ["*_energy"],
      integrations: ["modbus"],
    });
    await until("live", () => bridge.health().state === "live");
    const ids = entities().map(({ entityId }) => entityId);
    expect(ids).toContain("sensor.meter_power");
    expect(ids.every((id) => id.startsWith("sensor.meter_") && !id.endsWith("_energy"))).toBe(true);
  });

  it("delivers what the recorder has and everything that happens, and states what it covers", async () => {
    const clock = acceleratedClock(Date.now(), homeSpeed);
    const home = await startHome(clock);
    const { sink, bridge } = startBridge(clock, home.url);
    await until("covered", () => sink.coveredUntil !== undefined);
    await pause(1_000);
    home.step();
    const to = home.home.now;
    await until("everything up to now", () => (sink.coveredUntil ?? 0) >= to - 1_000);
    expect(missing(home, sink, 0, to - 2_000)).toEqual([]);
    const backfilled = sink.deliveries.flatMap((delivery) => delivery.backfilled ?? []);
    expect(backfilled.toSorted()).toEqual(home.home.registers.map(({ entityId }) => entityId).toSorted());
    expect(bridge.gaps).toEqual({ total: 1, open: 0 });
  });

  it("reads the past again after what it found could not be handed on", async () => {
    const clock = acceleratedClock(Date.now(), homeSpeed);
    const home = await startHome(clock);
    let failures = 0;
    class Failing extends SampleCollector {
      override deliver(delivery: Parameters<SampleCollector["deliver"]>[0]): Promise<void> {
        if (failures > 0) return super.deliver(delivery);
        failures += 1;
        return Promise.reject(new Error("There is no room."));
      }
    }
    const { sink, bridge } = startBridge(clock, home.url, { sink: new Failing() });
    await until("it is said", () => bridge.health().cause?.startsWith("Reading history does not work now") === true);
    await until("covered", () => sink.coveredUntil !== undefined, 20_000);
    const backfilled = sink.deliveries.flatMap((delivery) => delivery.backfilled ?? []);
    expect(backfilled.toSorted()).toEqual(home.home.registers.map(({ entityId }) => entityId).toSorted());
    expect(missing(home, sink, 0, (sink.coveredUntil ?? 0) - 2_000)).toEqual([]);
    expect(failures).toBe(1);
  });

  it("reads the past from an archive where there is one, and Home Assistant's history only for the end of it", async () => {
    const clock = acceleratedClock(Date.now(), homeSpeed);
    const home = await startHome(clock);
    const asked: number[] = [];
    const early = home.home.now - 600_000;
    const late = home.home.now - 120_000;
    const archive: ArchivePort = {
      async *read(entityIds, from) {
        asked.push(entityIds.length, from);
        const times = [early, late];
        yield await Promise.resolve(times.map((time) => ({ entityId: "sensor.meter_power", time, state: "archived" })));
      },
    };
    const { sink } = startBridge(clock, home.url, { archive });
    await until("covered", () => sink.coveredUntil !== undefined);
    expect(asked[0]).toBe(home.home.registers.length);
    expect(clock.now() - (asked[1] ?? 0)).toBeGreaterThan(86_000_000);
    const history = sink.deliveries.filter(({ origin }) => origin === "history").flatMap(({ samples }) => samples);
    expect(history.filter(({ state }) => state === "archived")).toHaveLength(2);
    // The twelve minutes that the home has were not asked for again, but for the last two.
    expect(history.filter(({ time }) => time < home.home.now - 400_000)).toHaveLength(1);
    expect(history.length).toBeGreaterThan(10);
  });

  it("asks Home Assistant for everything behind the end of an archive that is no longer written", async () => {
    const clock = acceleratedClock(Date.now(), homeSpeed);
    const home = await startHome(clock);
    const left = home.home.now - 500_000;
    const archive: ArchivePort = {
      async *read() {
        yield await Promise.resolve([{ entityId: "sensor.meter_power", time: left, state: "1" }]);
      },
    };
    const { sink } = startBridge(clock, home.url, { archive });
    await until("covered", () => sink.coveredUntil !== undefined);
    expect(missing(home, sink, left, (sink.coveredUntil ?? 0) - 2_000)).toEqual([]);
  });

  it("asks Home Assistant for everything where the archive breaks off", async () => {
    const clock = acceleratedClock(Date.now(), homeSpeed);
    const home = await startHome(clock);
    const archive: ArchivePort = {
      async *read() {
        yield await Promise.resolve([]);
        throw new CadenceError("SOURCE_UNREADABLE", "The file is gone.");
      },
    };
    const { sink } = startBridge(clock, home.url, { archive });
    await until("covered", () => sink.coveredUntil !== undefined);
    expect(missing(home, sink, 0, (sink.coveredUntil ?? 0) - 2_000)).toEqual([]);
  });

  it("counts reads that find the same value", async () => {
    const clock = acceleratedClock(Date.now(), 30);
    const home = await startHome(clock);
    const { bursts } = startBridge(clock, home.url, { pollPeriod: 3_000 });
    const reads = (): number[] =>
      bursts.flatMap(({ polls }) =>
        polls.filter(({ entityId }) => entityId === "sensor.heat_pump_hysteresis").map(({ time }) => time),
      );
    await until("reads of a constant", () => new Set(reads()).size >= 5);
    const times = [...new Set(reads())].toSorted((a, b) => a - b);
    const gaps = times.slice(1).map((time, index) => time - (times[index] as number));
    const median = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0;
    expect(
      Math.abs(
        median / 1_000 - (home.home.buses.get("line")?.truth().intervals.get("sensor.heat_pump_hysteresis") ?? 0),
      ),
    ).toBeLessThan(1.5);
  });

  it("goes on from where it was, without asking for what it has", async () => {
    const clock = acceleratedClock(Date.now(), homeSpeed);
    const home = await startHome(clock);
    const all = home.home.registers.map(({ entityId }) => entityId);
    const resumeAt = clock.now() - 120_000;
    const { sink } = startBridge(clock, home.url, {
      resume: { backfilled: new Set(all), coveredUntil: resumeAt },
    });
    await until("covered", () => sink.coveredUntil !== undefined);
    const times = sink.deliveries
      .filter(({ origin }) => origin === "history")
      .flatMap(({ samples }) => samples.map(({ time }) => time));
    expect(Math.min(...times)).toBeGreaterThanOrEqual(resumeAt - 11_000);
    const to = home.home.now;
    expect(missing(home, sink, resumeAt, to - 3_000)).toEqual([]);
  });
});

describe("a restart of Home Assistant", () => {
  it("is survived, and what happened meanwhile is fetched", async () => {
    const clock = acceleratedClock(Date.now(), homeSpeed);
    const home = await startHome(clock);
    const { bridge, sink, states } = startBridge(clock, home.url);
    await until("covered", () => sink.coveredUntil !== undefined);
    const restarted = home.restart(60_000, 120_000);
    await until("noticed", () => bridge.health().state !== "live");
    expect(bridge.health().cause).toMatch(/lost/);
    await restarted;
    await until("live again", () => bridge.health().state === "live");
    await until("covered again", () => bridge.gaps.open === 0);
    home.step();
    const to = home.home.now;
    expect(missing(home, sink, 0, to - 5_000)).toEqual([]);
    expect(bridge.health().reconnects).toBe(1);
    expect(bridge.gaps.total).toBe(2);
    expect(states.slice(-2)).toEqual(["syncing", "live"]);
  });

  it.each([-2, 2])("costs nothing while this machine's clock is wrong by %d hours, nor afterwards", async (hours) => {
    const clock = acceleratedClock(Date.now(), homeSpeed);
    let wrongBy = 0;
    const wrong: Clock = { ...clock, now: () => clock.now() + wrongBy };
    const home = await startHome(clock);
    const { bridge, sink } = startBridge(wrong, home.url);
    await until("covered", () => sink.coveredUntil !== undefined);
    const restart = async (): Promise<void> => {
      const restarted = home.restart(60_000, 120_000);
      await until("noticed", () => bridge.health().state !== "live");
      await restarted;
      await until("covered again", () => bridge.health().state === "live" && bridge.gaps.open === 0);
    };
    wrongBy = hours * 3_600_000;
    await restart();
    wrongBy = 0;
    await restart();
    home.step();
    expect(missing(home, sink, 0, home.home.now - 5_000)).toEqual([]);
  });

  it("that takes its time is waited for: entities that are missing then are not taken for removed", async () => {
    const clock = acceleratedClock(Date.now(), homeSpeed);
    const home = await startHome(clock);
    const { bridge, entities, states } = startBridge(clock, home.url);
    await until("live", () => bridge.health().state === "live");
    const before = entities().length;
    const restarted = home.restart(0, 200_000);
    await until("starting", () => bridge.health().cause === "Home Assistant is starting.");
    expect(bridge.health().state).toBe("syncing");
    expect(entities().length).toBe(before);
    await restarted;
    await until("live again", () => bridge.health().state === "live");
    expect(entities().length).toBe(before);
    expect(states).not.toContain("refused");
  });
});

describe("a renamed entity", () => {
  it("is told of before anything is delivered under its new id, and nothing of it is missed", async () => {
    const clock = acceleratedClock(Date.now(), homeSpeed);
    const home = await startHome(clock);
    const { bridge, sink, entities } = startBridge(clock, home.url);
    await until("covered", () => sink.coveredUntil !== undefined);
    const changes = (entityId: string): number => home.home.history(entityId, 0, home.home.now).length;
    const [lively] = home.home.registers
      .filter(({ uniqueId }) => uniqueId !== undefined)
      .toSorted((one, other) => changes(other.entityId) - changes(one.entityId));
    const old = lively?.entityId ?? "";
    home.rename(old, "sensor.quite_another");
    await until("followed under its new id", () =>
      entities().some(({ entityId }) => entityId === "sensor.quite_another"),
    );
    expect(entities().map(({ entityId }) => entityId)).not.toContain(old);
    const renamedAt = sink.deliveries.findIndex(({ renamed }) => renamed !== undefined);
    expect(sink.deliveries[renamedAt]?.renamed).toEqual([{ from: old, to: "sensor.quite_another" }]);
    const first = sink.deliveries.findIndex(({ samples }) =>
      samples.some(({ entityId }) => entityId === "sensor.quite_another"),
    );
    expect(first).toBeGreaterThan(renamedAt);
    const from = clock.now();
    await pause(1_000);
    home.step();
    const to = home.home.now - 2_000;
    const happened = home.home.history("sensor.quite_another", 0, to);
    expect(happened.filter(({ time }) => time > from).length).toBeGreaterThan(2);
    // What was read before the renaming came under the old id; from then on, all of it under the new one.
    const lines = sink.lines;
    for (const { time, state } of happened) {
      const rounded = Math.round(time);
      const either = [old, "sensor.quite_another"].map((entityId) => asLine({ entityId, time: rounded, state }));
      expect(
        either.some((line) => lines.has(line)),
        either.join(" or "),
      ).toBe(true);
    }
    expect(bridge.gaps.open).toBe(0);
  });

  it("that gets its old id back is followed as before, and nothing comes twice", async () => {
    const clock = acceleratedClock(Date.now(), homeSpeed);
    const home = await startHome(clock);
    const { sink, entities } = startBridge(clock, home.url);
    await until("covered", () => sink.coveredUntil !== undefined);
    const names = (): readonly string[] => entities().map(({ entityId }) => entityId);
    const old = home.home.registers.find(({ uniqueId }) => uniqueId !== undefined)?.entityId ?? "";
    home.rename(old, "sensor.for_a_while");
    await until("renamed", () => names().includes("sensor.for_a_while"));
    home.rename("sensor.for_a_while", old);
    await until("renamed back", () => names().includes(old));
    expect(sink.deliveries.flatMap(({ renamed = [] }) => renamed)).toEqual([
      { from: old, to: "sensor.for_a_while" },
      { from: "sensor.for_a_while", to: old },
    ]);
    const from = sink.deliveries.length;
    await pause(1_500);
    const live = sink.deliveries.slice(from).flatMap(({ origin, samples }) => (origin === "live" ? samples : []));
    expect(live.length).toBeGreaterThan(20);
    expect(new Set(live.map(asLine)).size).toBe(live.length);
  });

  it("is told once, also when the connection ends while it is being stored", async () => {
    const clock = acceleratedClock(Date.now(), homeSpeed);
    const home = await startHome(clock);
    const { bridge, sink, entities } = startBridge(clock, home.url);
    await until("covered", () => sink.coveredUntil !== undefined);
    sink.holdsRenames = true;
    const old = home.home.registers.find(({ uniqueId }) => uniqueId !== undefined)?.entityId ?? "";
    home.rename(old, "sensor.quite_another");
    await until("told", () => sink.deliveries.some(({ renamed }) => renamed !== undefined));
    await home.restart(30_000, 30_000);
    await pause(500);
    expect(bridge.health().state).toBe("syncing");
    sink.settleRenames();
    await until("live", () => bridge.health().state === "live");
    expect(entities().map(({ entityId }) => entityId)).toContain("sensor.quite_another");
    expect(sink.deliveries.flatMap(({ renamed = [] }) => renamed)).toHaveLength(1);
  });

  it("while the daemon was away is known from what it knew before", async () => {
    const clock = acceleratedClock(Date.now(), homeSpeed);
    const home = await startHome(clock);
    const earlier: Entity = { entityId: "sensor.before", integration: "modbus", name: "", uniqueId: "" };
    const register = home.home.registers.find(({ uniqueId, bus }) => uniqueId !== undefined && bus === "line");
    const { sink } = startBridge(clock, home.url, {
      known: () => [{ ...earlier, uniqueId: register?.uniqueId ?? "" }],
      resume: { backfilled: new Set(["sensor.before"]), coveredUntil: clock.now() - 1_000 },
    });
    await until("told", () => sink.deliveries.some(({ renamed }) => renamed !== undefined));
    expect(sink.deliveries[0]?.renamed).toEqual([{ from: "sensor.before", to: register?.entityId }]);
    await until("covered", () => sink.coveredUntil !== undefined);
    expect(sink.deliveries.flatMap(({ backfilled = [] }) => backfilled)).not.toContain(register?.entityId);
  });
});

describe("a connection that does not do all it should", () => {
  it("is degraded and says why, until it does", async () => {
    const clock = acceleratedClock(Date.now(), homeSpeed);
    const home = await startHome(clock);
    const { bridge, sink, states } = startBridge(clock, home.url);
    home.refuse = "history/history_during_period";
    await until("degraded", () => bridge.health().state === "degraded");
    expect(bridge.health().cause).toMatch(/^History cannot be read now/);
    await bridge.callService("mqtt", "publish", { topic: "a", payload: "1" });
    home.refuse = undefined;
    await until("live", () => bridge.health().state === "live");
    expect(bridge.health().cause).toBeUndefined();
    await until("covered", () => sink.coveredUntil !== undefined);
    expect(states).toEqual(["connecting", "authenticating", "syncing", "live", "degraded", "live"]);
  });

  it("says what an older Home Assistant cannot tell, and goes on without", async () => {
    const clock = acceleratedClock(Date.now(), homeSpeed);
    const home = await startHome(clock);
    home.refuse = "modbus/connections/list";
    const { bridge, entities } = startBridge(clock, home.url);
    await until("live", () => bridge.health().state === "live");
    expect(bridge.health().missing).toEqual([expect.stringContaining("does not tell its Modbus connections")]);
    expect(entities().length).toBe(home.home.registers.length);
    const inverter = entities().find(({ integration }) => integration === "solax_modbus");
    expect(inverter).toMatchObject({ device: "Inverter", area: "Cellar" });
  });
});

describe("a sink without room", () => {
  it("loses nothing: what was refused is asked for again", async () => {
    const clock = acceleratedClock(Date.now(), homeSpeed);
    const home = await startHome(clock);
    const { bridge, sink } = startBridge(clock, home.url);
    await until("covered", () => sink.coveredUntil !== undefined);
    sink.hasRoom = false;
    await until("refusals", () => sink.refused > 20);
    sink.hasRoom = true;
    await until("covered again", () => bridge.gaps.open === 0);
    const to = home.home.now;
    expect(missing(home, sink, 0, to - 5_000)).toEqual([]);
  });
});

describe("services and states", () => {
  it("are called and set while there is a connection, and refused with a reason when not", async () => {
    const clock = acceleratedClock(Date.now(), homeSpeed);
    const home = await startHome(clock);
    const { bridge } = startBridge(clock, home.url);
    await expect(bridge.callService("mqtt", "publish", {})).rejects.toMatchObject({ code: "HASS_CONNECTION_LOST" });
    await until("live", () => bridge.health().state === "live");
    await bridge.callService("mqtt", "publish", { topic: "a/b", payload: "1" });
    expect(home.published.get("a/b")).toBe("1");
    expect(await bridge.hasService("mqtt", "publish")).toBe(true);
    expect(await bridge.hasService("mqtt", "dump")).toBe(false);
    await expect(bridge.callService("no", "such", {})).rejects.toMatchObject({
      code: "HASS_COMMAND_FAILED",
      details: { reason: "not_found" },
    });
    await bridge.postState("sensor.modbus_cadence_test", "5", { unit_of_measurement: "s" });
    expect(home.home.state("sensor.modbus_cadence_test")).toMatchObject({ state: "5" });
  });
});
