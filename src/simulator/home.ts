import { SimulatedBus } from "./bus.ts";
import type { Register } from "./registers.ts";
import { type SimulatedLine, type SimulatedSite, solarHome } from "./site.ts";

/** A state as Home Assistant keeps it. Times in ms since 1970. */
export interface SimulatedState {
  readonly entityId: string;
  readonly state: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly lastChanged: number;
  lastReported: number;
}

/** States of one entity, oldest first. */
interface Past {
  times: number[];
  states: string[];
}

export interface HomeOptions {
  readonly seed: number;
  /** ms since 1970. */
  readonly now: number;
  readonly historyHours: number;
  /** @default solarHome */
  readonly site?: SimulatedSite;
}

const hour = 3_600_000;
/** States kept of one entity; older ones are forgotten. */
const longestPast = 60_000;
/** A simulation that fell behind by more skips ahead, so that it never owes unbounded work. */
const furthestBehind = 10 * 60_000;

/** Entities that are no Modbus entities, and must not be followed. */
const others: readonly (readonly [entityId: string, integration: string, state: string])[] = [
  ["sun.sun", "sun", "above_horizon"],
  ["weather.home", "met", "partlycloudy"],
  ["sensor.house_consumption", "template", "512"],
  ["light.kitchen", "hue", "off"],
  ["binary_sensor.front_door", "zha", "off"],
  ["person.resident", "person", "home"],
];

/** The states of the home and their past, moved on by `advance`. */
export class SimulatedHomeState {
  readonly lines: readonly SimulatedLine[];
  readonly registers: readonly Register[];
  readonly buses: ReadonlyMap<string, SimulatedBus>;
  readonly #states = new Map<string, SimulatedState>();
  /** Ids that were given to registers since. */
  readonly #names = new Map<string, string>();
  readonly #past = new Map<string, Past>();
  readonly #entries: ReadonlyMap<string, SimulatedLine["entry"]>;
  #now: number;
  #skipped = 0;

  constructor({ seed, now, historyHours, site: { lines, registers } = solarHome }: HomeOptions) {
    this.lines = lines;
    this.registers = registers;
    this.#entries = new Map(lines.map(({ name, entry }) => [name, entry]));
    const start = now - historyHours * hour;
    const byLine = Map.groupBy(registers, ({ bus }) => bus);
    this.buses = new Map(
      lines.map(({ name, serviceTime }) => [
        name,
        new SimulatedBus({ registers: byLine.get(name) ?? [], seed, start, serviceTime, timeout: 1_000 }),
      ]),
    );
    this.#now = start;
    for (const [entityId, , state] of others) this.#set(entityId, state, start, {});
    for (let step = start; step < now; step = Math.min(now, step + 60_000)) this.#run(Math.min(now, step + 60_000));
    this.restart(now);
  }

  get now(): number {
    return this.#now;
  }

  /** Milliseconds that were left out because the simulation fell behind. */
  get skipped(): number {
    return this.#skipped;
  }

  /** Home Assistant comes back: every state is made anew. */
  restart(now: number): void {
    for (const { entityId, state, attributes } of [...this.#states.values()])
      this.#set(entityId, state, now, attributes);
  }

  /** The states that changed up to `now`, in order. */
  advance(now: number): SimulatedState[] {
    if (now - this.#now > furthestBehind) {
      this.#skipped += now - this.#now - furthestBehind;
      this.#now = now - furthestBehind;
      for (const bus of this.buses.values()) bus.skipTo(this.#now);
    }
    return this.#run(now);
  }

  #run(now: number): SimulatedState[] {
    const changed: SimulatedState[] = [];
    for (const bus of this.buses.values()) {
      for (const { register, ended, state } of bus.advance(now)) {
        const entityId = this.idOf(register);
        const before = this.#states.get(entityId);
        if (before?.state === state) before.lastReported = ended;
        else changed.push(this.#set(entityId, state, ended, attributesOf(register)));
      }
    }
    this.#now = now;
    return changed.toSorted((a, b) => a.lastChanged - b.lastChanged);
  }

  #set(entityId: string, state: string, time: number, attributes: Readonly<Record<string, unknown>>): SimulatedState {
    const created: SimulatedState = { entityId, state, attributes, lastChanged: time, lastReported: time };
    this.#states.set(entityId, created);
    const past = this.#past.get(entityId) ?? { times: [], states: [] };
    this.#past.set(entityId, past);
    past.times.push(time);
    past.states.push(state);
    if (past.times.length > longestPast) {
      past.times = past.times.slice(longestPast / 2);
      past.states = past.states.slice(longestPast / 2);
    }
    return created;
  }

  /** The id a register has now. */
  idOf({ entityId }: Register): string {
    return this.#names.get(entityId) ?? entityId;
  }

  /** As in Home Assistant the state begins anew, and the recorder's past goes with the entity. */
  rename(register: Register, to: string): void {
    const from = this.idOf(register);
    const [state, past] = [this.#states.get(from), this.#past.get(from)];
    this.#names.set(register.entityId, to);
    this.#states.delete(from);
    this.#past.delete(from);
    if (past !== undefined) this.#past.set(to, past);
    if (state !== undefined) this.#set(to, state.state, this.#now, state.attributes);
  }

  states(): readonly SimulatedState[] {
    return [...this.#states.values()];
  }

  state(entityId: string): SimulatedState | undefined {
    return this.#states.get(entityId);
  }

  /** A state that somebody posted; belongs to no entity. */
  post(entityId: string, state: string, attributes: Readonly<Record<string, unknown>>): boolean {
    const isNew = !this.#states.has(entityId);
    this.#set(entityId, state, this.#now, attributes);
    return isNew;
  }

  history(entityId: string, from: number, to: number): readonly { readonly state: string; readonly time: number }[] {
    const past = this.#past.get(entityId);
    if (past === undefined) return [];
    const rows = past.times.map((time, index) => ({ time, state: past.states[index] as string }));
    return rows.filter(({ time }) => time >= from && time < to);
  }

  /** The integration of every entity. */
  sources(): ReadonlyMap<string, string> {
    return new Map([
      ...others.map(([entityId, integration]) => [entityId, integration] as const),
      ...this.registers.map((register) => [this.idOf(register), this.integrationOf(register)] as const),
    ]);
  }

  /** Undefined of a line that stands in the configuration. */
  entryOf({ bus }: Register): SimulatedLine["entry"] {
    return this.#entries.get(bus);
  }

  integrationOf(register: Register): string {
    return this.entryOf(register) === undefined ? "modbus" : "solax_modbus";
  }
}

function attributesOf(register: Register): Readonly<Record<string, unknown>> {
  return {
    ...(register.stateClass === undefined ? {} : { state_class: register.stateClass }),
    ...(register.unitOfMeasurement === undefined ? {} : { unit_of_measurement: register.unitOfMeasurement }),
    ...(register.deviceClass === undefined ? {} : { device_class: register.deviceClass }),
    friendly_name: register.name,
  };
}
