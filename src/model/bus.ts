import type { EntityId } from "./entity.ts";

/** One connection on which only one request travels at a time. */
export interface Bus {
  readonly id: string;
  readonly name: string;
  readonly type: "tcp" | "udp" | "rtuovertcp" | "serial" | "unknown";
  /** `127.0.0.1:502`, `/dev/ttyUSB0`, or empty when not known. */
  readonly endpoint: string;
  /** Unit (slave) addresses seen on it, ascending. */
  readonly units: readonly number[];
  readonly entityIds: readonly EntityId[];
  /** Seconds of a read as its configuration says, where it is known. */
  readonly readSeconds?: number;
  /** How the entities were assigned to it. */
  readonly origin: "connections" | "yaml" | "observed" | "assumed";
}

/** What is asked of a bus. */
export interface BusLoad {
  readonly busId: string;
  /** Reads a second, from the effective intervals. */
  readonly requestsPerSecond: number;
  /** Seconds the bus is busy for one read. */
  readonly serviceSeconds: number;
  readonly serviceOrigin: "observed" | "assumed";
  /** Share of time in which nothing else can travel because a device does not answer. */
  readonly timeOutShare: number;
  /** Share of time in which the bus is busy, time-outs included: 1 is all it can carry. */
  readonly utilisation: number;
  /** The same if every advice were followed. */
  readonly utilisationAfter: number;
  /** Entities whose reads are counted in it, and those left out because nothing is known of their reads. */
  readonly counted: number;
  readonly uncounted: number;
}
