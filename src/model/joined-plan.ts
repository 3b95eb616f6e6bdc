import type { RegisterType } from "./yaml-hub.ts";

/** Neighbouring registers of a device that one request could read. */
export interface JoinedRead {
  readonly unit: number;
  readonly registerType: RegisterType;
  readonly address: number;
  /** Registers, holes included; bits of coils and discrete inputs. */
  readonly count: number;
  /** Seconds: the shortest of its entities. */
  readonly interval: number;
  /** As the configuration calls them. */
  readonly entityIds: readonly string[];
  /** Share of the bus. */
  readonly share: number;
}

/** Requests and intervals chosen together, for an integration that joins neighbouring registers. */
export interface JoinedPlan {
  readonly reads: readonly JoinedRead[];
  /** Share of the bus that they take. */
  readonly load: number;
  /** Mean loss of the entities of which something is known, 0 to 1. */
  readonly loss: number;
}
