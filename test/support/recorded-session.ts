import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parse } from "yaml";
import { sharedData } from "./shared-data.ts";

export type Frame = Readonly<Record<string, unknown>>;

/** One read on the line, from the simulated gateway's own log. Times in ms since 1970. */
export interface LineRead {
  readonly begun: number;
  readonly ended: number;
  readonly unit: number;
  readonly address: number;
  readonly ok: boolean;
}

export interface RecordedSensor {
  readonly entityId: string;
  readonly unit: number;
  readonly address: number;
  /** Seconds. */
  readonly scanInterval: number;
}

/** A client's session with a real Home Assistant, frame by frame, with the log of the line behind it. */
export class RecordedSession {
  /** Up to the first time the connection was closed. */
  readonly received: readonly Frame[];
  readonly sent: readonly Frame[];
  /** ms since 1970 of the last frame. */
  readonly end: number;
  readonly reads: readonly LineRead[];

  constructor(name: "normal" | "overload") {
    const entries = lines(`session-${name}.jsonl.gz`) as {
      at: number;
      in?: Frame | Frame[];
      out?: Frame;
      closed?: number;
    }[];
    const closed = entries.findIndex((entry) => entry.closed !== undefined);
    const first = closed === -1 ? entries : entries.slice(0, closed);
    this.received = first.flatMap((entry) => (entry.in ?? []) as Frame[]);
    this.sent = first.flatMap((entry) => (entry.out ?? []) as Frame[]);
    this.end = (first.at(-1)?.at ?? 0) * 1_000;
    this.reads = (lines(`session-${name}-line.jsonl.gz`) as LineRead[])
      .map((read) => ({ ...read, begun: read.begun * 1_000, ended: read.ended * 1_000 }))
      .filter(({ ended }) => ended < this.end);
  }

  /** The events of every subscription of a type, in order. */
  events(type: string): readonly unknown[] {
    return this.eventsOf([type]).map(({ event }) => event);
  }

  /** The events of every subscription of some types, in the order in which they came. */
  eventsOf(types: readonly string[]): readonly { readonly type: string; readonly event: unknown }[] {
    const typeOf = new Map(this.sent.map(({ id, type }) => [id, String(type)]));
    return this.received.flatMap(({ type, id, event }) => {
      const subscribed = typeOf.get(id) ?? "";
      return type === "event" && types.includes(subscribed) ? [{ type: subscribed, event }] : [];
    });
  }

  /** The answered reads of one register, in order. */
  readsOf({ unit, address }: RecordedSensor): readonly LineRead[] {
    return this.reads.filter((read) => read.ok && read.unit === unit && read.address === address);
  }
}

/** What Home Assistant was configured with in the recorded sessions. */
export function recordedSensors(): readonly RecordedSensor[] {
  const hubs = parse(readFileSync(join(sharedData, "home-assistant", "session-modbus.yaml"), "utf8")) as readonly {
    sensors: readonly { name: string; slave: number; address: number; scan_interval: number }[];
  }[];
  return hubs.flatMap(({ sensors }) =>
    sensors.map((sensor) => ({
      entityId: `sensor.${sensor.name.toLowerCase().replaceAll(" ", "_")}`,
      unit: sensor.slave,
      address: sensor.address,
      scanInterval: sensor.scan_interval,
    })),
  );
}

function lines(name: string): unknown[] {
  const text = gunzipSync(readFileSync(join(sharedData, "home-assistant", name))).toString();
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);
}
