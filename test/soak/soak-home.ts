import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { systemClock } from "#core/clock.ts";
import { silentLogger } from "#core/logger.ts";
import { SimulatedHome } from "#simulator/simulated-home.ts";
import { Bench, type RecordedState } from "../home-assistant/bench.ts";

/** A Home Assistant whose states are known in the end. */
export interface SoakHome extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  /** Its Modbus hubs, as a configuration.yaml. */
  readonly configuration: string;
  restart(milliseconds: () => number): Promise<void>;
  /** Every state that was shown in [from, until), ms since 1970. */
  states(from: number, until: number): readonly RecordedState[];
}

export async function simulatedHome(historyHours: number): Promise<SoakHome> {
  const token = "a-token-of-mine";
  const home = await SimulatedHome.start({ clock: systemClock, logger: silentLogger, token, historyHours });
  const line = home.home.registers.filter(({ bus, scanInterval }) => bus === "line" && scanInterval > 0);
  const sensors = line.map(({ name, unit, scanInterval, uniqueId }, address) => ({
    name,
    slave: unit,
    address,
    scan_interval: scanInterval,
    ...(uniqueId === undefined ? {} : { unique_id: uniqueId }),
  }));
  return {
    url: home.url,
    token,
    configuration: stringify({ modbus: [{ name: "line", type: "tcp", host: "127.0.0.1", port: 5_020, sensors }] }),
    restart: (milliseconds) => home.restart(milliseconds(), milliseconds()),
    states: (from, until) =>
      home.home.registers.flatMap(({ entityId }) =>
        home.home
          .history(entityId, from, until)
          .map(({ time, state }) => ({ entityId, time: Math.round(time), state })),
      ),
    [Symbol.asyncDispose]: () => home.stop(),
  };
}

/** A real one, with a Modbus line of its own (`real-ha` beside this checkout). */
export async function realHome(): Promise<SoakHome> {
  await Bench.install();
  const bench = await Bench.start();
  const { HASS_URL: url = "", HASS_TOKEN: token = "", HASS_CONFIG: folder = "" } = bench.environment;
  const entityIds = bench.sensors.map(({ entityId }) => entityId);
  return {
    url,
    token,
    configuration: `modbus:\n${readFileSync(join(folder, "modbus.yaml"), "utf8").replaceAll(/^/gm, "  ")}`,
    restart: () => bench.restartHomeAssistant(),
    states: (from, until) => bench.recorded(entityIds, from, until),
    [Symbol.asyncDispose]: () => Bench.stop(),
  };
}
