import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { WebSocket } from "ws";
import { parse } from "yaml";
import { pause } from "../support/daemon.ts";

const command = join(import.meta.dirname, "..", "..", "..", "shared", "real-ha", "bench");

/** One Modbus sensor as Home Assistant was configured with it. */
export interface ConfiguredSensor {
  readonly entityId: string;
  readonly unit: number;
  readonly address: number;
  /** Seconds; 0 = read only when asked. */
  readonly scanInterval: number;
  readonly uniqueId: string | undefined;
}

/** One read on the line, from the simulated gateway's own log. Times in ms since 1970. */
export interface Transaction {
  readonly begun: number;
  readonly ended: number;
  readonly unit: number;
  readonly address: number;
  readonly ok: boolean;
}

export interface RecordedState {
  readonly entityId: string;
  readonly time: number;
  readonly state: string;
}

/** A real Home Assistant with a Modbus line and a broker, all on loopback (`real-ha` beside this checkout). */
export class Bench {
  readonly environment: Readonly<Record<string, string>>;

  private constructor(environment: Readonly<Record<string, string>>) {
    this.environment = environment;
  }

  static async install(): Promise<void> {
    await bench(["install"]);
  }

  /** The address of an empty PostgreSQL; the bench must have been started. */
  static async postgres(): Promise<string> {
    return /POSTGRES_URL=(\S+)/.exec(await bench(["postgres"]))?.[1] ?? "";
  }

  /** `BAUD` and the like are variables of the bench's own. */
  static async start(variables: Readonly<Record<string, string>> = {}): Promise<Bench> {
    const exports = await bench(["start"], variables);
    const environment = Object.fromEntries(
      [...exports.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value]),
    );
    return new Bench(environment as Record<string, string>);
  }

  static async stop(): Promise<void> {
    await bench(["stop"]);
  }

  async restartHomeAssistant(): Promise<void> {
    await bench(["restart-ha"]);
  }

  get sensors(): readonly ConfiguredSensor[] {
    const hubs = parse(readFileSync(join(this.#value("HASS_CONFIG"), "modbus.yaml"), "utf8")) as readonly {
      sensors: readonly { name: string; slave: number; address: number; scan_interval: number; unique_id?: string }[];
    }[];
    return hubs.flatMap(({ sensors }) =>
      sensors.map((sensor) => ({
        entityId: `sensor.${sensor.name.toLowerCase().replaceAll(" ", "_")}`,
        unit: sensor.slave,
        address: sensor.address,
        scanInterval: sensor.scan_interval,
        uniqueId: sensor.unique_id,
      })),
    );
  }

  get transactions(): readonly Transaction[] {
    const lines = readFileSync(this.#value("MODBUS_LOG"), "utf8").split("\n").slice(0, -1);
    return lines.map((line) => {
      const entry = JSON.parse(line) as { begun: number; ended: number; unit: number; address: number; ok: boolean };
      return { ...entry, begun: entry.begun * 1_000, ended: entry.ended * 1_000 };
    });
  }

  /** New states (not rows of attributes alone) of `entityIds` as the recorder wrote them, `from` inclusive, `to` exclusive. */
  recorded(entityIds: readonly string[], from: number, to: number): readonly RecordedState[] {
    using database = new DatabaseSync(join(this.#value("HASS_CONFIG"), "home-assistant_v2.db"), { readOnly: true });
    const rows = database
      .prepare(
        `select m.entity_id as entityId, s.last_updated_ts as updated, s.state as state
         from states s join states_meta m using (metadata_id)
         where s.state is not null and (s.last_changed_ts is null or s.last_changed_ts = s.last_updated_ts)`,
      )
      .all() as { entityId: string; updated: number; state: string }[];
    const wanted = new Set(entityIds);
    return rows
      .map(({ entityId, updated, state }) => ({ entityId, time: Math.round(updated * 1_000), state }))
      .filter(({ entityId, time }) => wanted.has(entityId) && time >= from && time < to);
  }

  async api(path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.#value("HASS_URL")}/api/${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${this.#value("HASS_TOKEN")}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: HTTP ${response.status} ${await response.text()}`);
    return response.json();
  }

  /** The state of an entity; undefined when there is none. */
  async state(entityId: string): Promise<string | undefined> {
    return (await this.#entity(entityId))?.state;
  }

  async name(entityId: string): Promise<string | undefined> {
    return (await this.#entity(entityId))?.attributes.friendly_name;
  }

  async #entity(entityId: string): Promise<{ state: string; attributes: { friendly_name?: string } } | undefined> {
    const states = (await this.api("states")) as {
      entity_id: string;
      state: string;
      attributes: { friendly_name?: string };
    }[];
    return states.find((each) => each.entity_id === entityId);
  }

  /** The result of one command over a WebSocket of its own. */
  async command(message: Readonly<Record<string, unknown>>): Promise<unknown> {
    const socket = new WebSocket(`${this.#value("HASS_URL").replace(/^http/, "ws")}/api/websocket`);
    const answer = Promise.withResolvers<unknown>();
    socket.on("error", answer.reject);
    socket.on("message", (data) => {
      const { type, success, result, error } = JSON.parse((data as Buffer).toString()) as Record<string, unknown>;
      if (type === "auth_required")
        socket.send(JSON.stringify({ type: "auth", access_token: this.#value("HASS_TOKEN") }));
      else if (type === "auth_ok") socket.send(JSON.stringify({ id: 1, ...message }));
      else if (success === true) answer.resolve(result);
      else answer.reject(new Error(JSON.stringify(error ?? type)));
    });
    try {
      return await answer.promise;
    } finally {
      socket.terminate();
    }
  }

  /** What Home Assistant complained of. */
  get log(): string {
    return readFileSync(join(this.#value("HASS_CONFIG"), "home-assistant.log"), "utf8");
  }

  async stopBroker(): Promise<void> {
    process.kill(-this.#pid("mosquitto"), "SIGTERM");
    await pause(1_000);
  }

  /** The same broker once more; `stop` ends it as well. */
  startBroker(): void {
    const configuration = join(this.#run, "mosquitto", "mosquitto.conf");
    const broker = spawn("mosquitto", ["-c", configuration], { stdio: "ignore", detached: true });
    broker.unref();
    writeFileSync(join(this.#run, "mosquitto.pid"), String(broker.pid));
  }

  /** Away for some seconds. */
  async restartBroker(): Promise<void> {
    await this.stopBroker();
    await pause(5_000);
    this.startBroker();
  }

  signalHomeAssistant(signal: "SIGSTOP" | "SIGCONT"): void {
    process.kill(-this.#pid("hass"), signal);
  }

  #pid(name: string): number {
    return Number(readFileSync(join(this.#run, `${name}.pid`), "utf8"));
  }

  get #run(): string {
    return join(this.#value("HASS_CONFIG"), "..");
  }

  #value(name: string): string {
    const value = this.environment[name];
    if (value === undefined) throw new Error(`The bench did not say ${name}`);
    return value;
  }
}

async function bench(words: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<string> {
  const env = { ...process.env, ...variables };
  const child = spawn(command, words, { stdio: ["ignore", "pipe", "inherit"], env });
  let printed = "";
  child.stdout.on("data", (part: Buffer) => (printed += part.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`bench ${words.join(" ")} ended with ${code}:\n${printed}`);
  return printed;
}
