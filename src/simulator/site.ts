import { type Register, registers } from "./registers.ts";

/** A line of a simulated site. */
export interface SimulatedLine {
  readonly name: string;
  /** Milliseconds for one read. */
  readonly serviceTime: number;
  /** Of an integration with a device of its own; the hubs of Home Assistant's configuration have neither. */
  readonly entry?: { readonly id: string; readonly deviceId: string; readonly deviceName: string };
}

/** What a simulated Home Assistant reads. */
export interface SimulatedSite {
  readonly lines: readonly SimulatedLine[];
  readonly registers: readonly Register[];
}

/** A heat pump, a meter and a ventilation on one line, an inverter on another. */
export const solarHome: SimulatedSite = {
  lines: [
    { name: "line", serviceTime: 75 },
    {
      name: "inverter",
      serviceTime: 22,
      entry: { id: "01SIMULATEDINVERTERENTRY00", deviceId: "simulatedinverterdevice", deviceName: "Inverter" },
    },
  ],
  registers,
};

export interface BuildingOptions {
  readonly entities: number;
  readonly buses: number;
  /** Changes a second of all together, about. */
  readonly changesPerSecond: number;
}

/** Changes a second that the registers of the home make, each read as often as it is asked for. */
const changesOfOne = registers.length * 0.116;
/** Apart by so many seconds, copies of a register do not go together. */
const apart = 7_919;

/** Many devices like those of the home, in turn on so many lines; each line carries its reads. */
export function building({ entities, buses, changesPerSecond }: BuildingOptions): SimulatedSite {
  const slower = ((entities / registers.length) * changesOfOne) / changesPerSecond;
  const lines = Array.from({ length: buses }, (_, index) => ({
    name: `plant_${index + 1}`,
    serviceTime: 10,
    entry: {
      id: `01SIMULATEDPLANT${String(index + 1).padStart(10, "0")}`,
      deviceId: `simulatedplant${index + 1}`,
      deviceName: `Plant ${index + 1}`,
    },
  }));
  return {
    lines,
    registers: Array.from({ length: entities }, (_, index): Register => {
      const copy = Math.floor(index / registers.length);
      const { value, scanInterval, ...register } = registers[index % registers.length] as Register;
      return {
        ...register,
        entityId: `${register.entityId}_${copy + 1}`,
        name: `${register.name} ${copy + 1}`,
        bus: (lines[index % buses] as SimulatedLine).name,
        unit: 1,
        uniqueId: `building_${index}`,
        scanInterval: Math.max(1, (scanInterval === 0 ? 10 : scanInterval) * slower),
        value: (seconds, seed) => value(seconds + copy * apart, seed + copy),
      };
    }),
  };
}
