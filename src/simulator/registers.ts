import { chance, hourOf, noise, smooth, sunshine } from "./signals.ts";

/** One register of the simulated home, as Home Assistant reads it. `value` gives the printed state at a second since 1970. */
export interface Register {
  readonly entityId: string;
  readonly name: string;
  /** Name of its line. */
  readonly bus: string;
  /** Unit (slave) address. */
  readonly unit: number;
  /** Seconds; 0 = read at the start and then only when asked. */
  readonly scanInterval: number;
  readonly uniqueId?: string;
  readonly unitOfMeasurement?: string;
  readonly deviceClass?: string;
  readonly stateClass?: string;
  readonly value: (seconds: number, seed: number) => string;
}

type Dress = Pick<Register, "unitOfMeasurement" | "deviceClass" | "stateClass">;

const watt: Dress = { unitOfMeasurement: "W", deviceClass: "power", stateClass: "measurement" };
const volt: Dress = { unitOfMeasurement: "V", deviceClass: "voltage", stateClass: "measurement" };
const ampere: Dress = { unitOfMeasurement: "A", deviceClass: "current", stateClass: "measurement" };
const hertz: Dress = { unitOfMeasurement: "Hz", deviceClass: "frequency", stateClass: "measurement" };
const celsius: Dress = { unitOfMeasurement: "°C", deviceClass: "temperature", stateClass: "measurement" };
const percent: Dress = { unitOfMeasurement: "%", deviceClass: "battery", stateClass: "measurement" };
const energy: Dress = { unitOfMeasurement: "kWh", deviceClass: "energy", stateClass: "total_increasing" };
const plain: Dress = {};

/** The compressor runs 13 of every 33 minutes. */
const compressorPeriod = 33 * 60;
const compressorRuns = (seconds: number): boolean => seconds % compressorPeriod < 13 * 60;
const pvPower = (seconds: number, seed: number): number =>
  5_200 * sunshine(seconds) * (0.35 + 0.65 * smooth(seed, 1, seconds, 240));
const phasePower = (phase: number, seconds: number, seed: number): number =>
  Math.round(
    180 +
      90 * phase +
      1_400 * smooth(seed, 10 + phase, seconds, 300) ** 3 +
      12 * noise(seed, 10 + phase, Math.floor(seconds / 2)),
  );
const batteryShare = (seconds: number): number => 55 + 40 * Math.sin(((hourOf(seconds) - 12) / 24) * 2 * Math.PI);
const flow = (seconds: number): number => {
  const into = seconds % compressorPeriod;
  return compressorRuns(seconds) ? 30 + 15 * (1 - Math.exp(-into / 240)) : 30 + 15 * Math.exp(-(into - 13 * 60) / 500);
};
const outdoor = (seconds: number, seed: number): number =>
  6 + 5 * Math.sin(((hourOf(seconds) - 9) / 24) * 2 * Math.PI) + 2 * smooth(seed, 30, seconds, 7_200);

/** Every kind of register there is: constant, counter with resets, noise, drift, periodic, enum, binary, duplicate, sum, stuck. */
export const registers: readonly Register[] = [
  ...line("heat_pump", 1, [
    ["model", 30, plain, () => "9"],
    ["serial", 30, plain, () => "4711815"],
    ["firmware", 10, plain, () => "307"],
    ["setpoint", 5, celsius, () => "45.0"],
    ["hysteresis", 10, celsius, () => "3.0"],
    ["flow_temperature", 2, celsius, (s) => flow(s).toFixed(1)],
    ["return_temperature", 2, celsius, (s) => (flow(s - 45) - 4).toFixed(1)],
    ["outdoor_temperature", 2, celsius, (s, seed) => outdoor(s, seed).toFixed(1)],
    ["tank_temperature", 2, celsius, (s, seed) => (46 + 4 * smooth(seed, 31, s, 5_400)).toFixed(1)],
    [
      "brine_pressure",
      2,
      { unitOfMeasurement: "bar", deviceClass: "pressure", stateClass: "measurement" },
      (s, seed) => (1.8 + 0.02 * noise(seed, 32, s)).toFixed(2),
    ],
    ["compressor", 2, plain, (s) => (compressorRuns(s) ? "1" : "0")],
    ["circulation_pump", 5, plain, (s) => (s % compressorPeriod < 16 * 60 ? "1" : "0")],
    ["operating_mode", 5, plain, (s) => (hourOf(s) < 5 ? "3" : compressorRuns(s) ? "1" : "2")],
    [
      "starts",
      5,
      { stateClass: "total_increasing" },
      (s) => Math.floor((s - 1_600_000_000) / compressorPeriod).toString(),
    ],
    ["energy", 5, energy, (s) => ((s - 1_600_000_000) / 3_600 / 2.1).toFixed(2)],
    ["energy_today", 5, energy, (s) => ((s % 86_400) / 3_600 / 2.1).toFixed(2)],
    ["fault", 5, plain, () => "0"],
  ]),
  ...line("meter", 2, [
    ["power_l1", 2, watt, (s, seed) => phasePower(0, s, seed).toString()],
    ["power_l2", 2, watt, (s, seed) => phasePower(1, s, seed).toString()],
    ["power_l3", 2, watt, (s, seed) => phasePower(2, s, seed).toString()],
    [
      "power",
      2,
      watt,
      (s, seed) => (phasePower(0, s, seed) + phasePower(1, s, seed) + phasePower(2, s, seed)).toString(),
    ],
    ["voltage_l1", 2, volt, (s, seed) => (230 + 2 * smooth(seed, 20, s, 600) + 0.4 * noise(seed, 20, s)).toFixed(1)],
    ["voltage_l2", 2, volt, (s, seed) => (231 + 2 * smooth(seed, 21, s, 600) + 0.4 * noise(seed, 21, s)).toFixed(1)],
    ["voltage_l3", 2, volt, (s, seed) => (229 + 2 * smooth(seed, 22, s, 600) + 0.4 * noise(seed, 22, s)).toFixed(1)],
    ["current_l1", 2, ampere, (s, seed) => (phasePower(0, s, seed) / 230).toFixed(2)],
    ["frequency", 2, hertz, (s, seed) => (50 + 0.02 * noise(seed, 23, s)).toFixed(2)],
    ["frequency_copy", 5, hertz, (s, seed) => (50 + 0.02 * noise(seed, 23, s)).toFixed(2)],
    ["import_energy", 10, energy, (s) => ((s - 1_600_000_000) / 3_600 / 1.3).toFixed(2)],
    ["export_energy", 10, energy, (s) => ((s - 1_600_000_000) / 3_600 / 3.7).toFixed(2)],
  ]),
  ...line("ventilation", 3, [
    ["supply_temperature", 10, celsius, (s, seed) => (19 + 1.5 * smooth(seed, 40, s, 3_600)).toFixed(1)],
    [
      "humidity",
      10,
      { unitOfMeasurement: "%", deviceClass: "humidity", stateClass: "measurement" },
      (s, seed) => (48 + 6 * smooth(seed, 41, s, 7_200)).toFixed(0),
    ],
    ["fan_stage", 10, plain, (s) => (hourOf(s) > 6 && hourOf(s) < 22 ? "2" : "1")],
    ["filter_days", 30, { unitOfMeasurement: "d" }, (s) => (180 - (Math.floor(s / 86_400) % 180)).toString()],
    [
      "bypass",
      30,
      plain,
      (s, seed) => (Math.floor(s / 14_400) % 3 === 0 || chance(seed, 42, Math.floor(s / 3_600)) > 0.9 ? "1" : "0"),
    ],
  ]),
  ...driven(["brine_in", "brine_out", "hot_gas"]),
  ...inverter([
    ["pv_power", 5, watt, (s, seed) => Math.round(pvPower(s, seed)).toString()],
    ["string_1_power", 5, watt, (s, seed) => Math.round(pvPower(s, seed) * 0.55).toString()],
    ["string_2_power", 5, watt, (s, seed) => Math.round(pvPower(s, seed) * 0.45).toString()],
    ["ac_power", 5, watt, (s, seed) => Math.round(pvPower(s, seed) * 0.965).toString()],
    [
      "dc_voltage",
      5,
      volt,
      (s, seed) => (sunshine(s) > 0 ? 610 + 12 * noise(seed, 50, Math.floor(s / 5)) : 0).toFixed(1),
    ],
    ["ac_voltage", 5, volt, (s, seed) => (231 + 0.6 * noise(seed, 51, Math.floor(s / 5))).toFixed(1)],
    [
      "heatsink_temperature",
      5,
      celsius,
      (s, seed) => (22 + 25 * sunshine(s - 1_800) + smooth(seed, 52, s, 900)).toFixed(1),
    ],
    ["battery_charge", 10, percent, (s) => batteryShare(s).toFixed(0)],
    [
      "battery_power",
      5,
      watt,
      (s, seed) =>
        Math.round(
          1_500 * Math.cos(((hourOf(s) - 12) / 24) * 2 * Math.PI) + 40 * noise(seed, 53, Math.floor(s / 5)),
        ).toString(),
    ],
    ["battery_temperature", 10, celsius, (s, seed) => (24 + 2 * smooth(seed, 54, s, 7_200)).toFixed(1)],
    ["energy_total", 10, energy, (s) => ((s - 1_500_000_000) / 3_600 / 4.4).toFixed(1)],
    ["energy_today", 10, energy, (s) => (Math.max(0, hourOf(s) - 6) * 1.9).toFixed(1)],
    ["state", 5, plain, (s) => (sunshine(s) === 0 ? "0" : sunshine(s) < 0.05 ? "1" : "2")],
    ["alarm", 5, plain, () => "0"],
    ["rated_power", 10, watt, () => "8000"],
    ["serial_number", 10, plain, () => "SIM0815"],
    [
      "efficiency",
      10,
      { unitOfMeasurement: "%", stateClass: "measurement" },
      (s) => (sunshine(s) > 0 ? "96.5" : "0.0"),
    ],
  ]),
];

type Row = readonly [name: string, interval: number, dress: Dress, value: Register["value"]];

/** YAML entities: every third has no unique id, as in many real configurations. */
function line(device: string, unit: number, rows: readonly Row[]): Register[] {
  return rows.map(([name, scanInterval, dress, value], index) => ({
    ...named(device, name),
    bus: "line",
    unit,
    scanInterval,
    value,
    ...dress,
    ...(index % 3 === 0 ? {} : { uniqueId: `sim_${unit}_${index}` }),
  }));
}

function driven(names: readonly string[]): Register[] {
  return names.map((name, index) => ({
    ...named("heat_pump", name),
    bus: "line",
    unit: 1,
    scanInterval: 0,
    uniqueId: `sim_driven_${index}`,
    ...celsius,
    value: (seconds, seed) => (2 + 6 * smooth(seed, 60 + index, seconds, 1_800)).toFixed(1),
  }));
}

function inverter(rows: readonly Row[]): Register[] {
  return rows.map(([name, scanInterval, dress, value], index) => ({
    ...named("inverter", name),
    bus: "inverter",
    unit: 1,
    scanInterval,
    uniqueId: `sim_inverter_${index}`,
    value,
    ...dress,
  }));
}

function named(device: string, name: string): Pick<Register, "entityId" | "name"> {
  const words = `${device} ${name}`.replaceAll("_", " ");
  return { entityId: `sensor.${device}_${name}`, name: words.charAt(0).toUpperCase() + words.slice(1) };
}
