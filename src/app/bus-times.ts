import type { Bus } from "#model/bus.ts";
import type { EntityId } from "#model/entity.ts";
import type { PollBurst } from "#model/poll.ts";
import { ServiceTime } from "#modbus/service-time.ts";
import { TimeOuts } from "#modbus/time-outs.ts";

/** What a bus's service time is kept under between two runs. */
export type ServiceSnapshots = Readonly<Record<string, readonly number[]>>;

/** How long each bus is busy for a read, and with waiting for answers that do not come, as its reads show. */
export class BusTimes {
  readonly #services = new Map<string, ServiceTime>();
  readonly #roundTrips = new Map<string, number>();
  /** Of now: what was lost in an earlier run says nothing. */
  readonly #timeOuts = new Map<string, TimeOuts>();

  /** `members` of each bus, and the bus of each entity. */
  step(
    burst: PollBurst,
    members: ReadonlyMap<string, ReadonlySet<EntityId>>,
    busOf: ReadonlyMap<EntityId, string>,
  ): void {
    const pollsOf = Map.groupBy(burst.polls, ({ entityId }) => busOf.get(entityId));
    for (const [busId, own] of members) {
      const ownBurst = { ...burst, polls: pollsOf.get(busId) ?? [] };
      this.#service(busId).step(ownBurst, own);
      const timeOuts = this.#timeOuts.get(busId) ?? new TimeOuts();
      this.#timeOuts.set(busId, timeOuts);
      timeOuts.step(ownBurst, own);
    }
  }

  /** Seconds from the request for a read to its answer, when nobody else was waiting. */
  seeRoundTrip(busId: string, seconds: number): void {
    this.#roundTrips.set(busId, seconds);
  }

  /** Seconds of one read: from reads that followed each other, else from how long reads took that were asked for. */
  serviceSeconds({ id }: Bus): number | undefined {
    return this.#services.get(id)?.seconds() ?? this.#roundTrips.get(id);
  }

  /** Share of the time, 0 to 1; undefined while no read was seen. */
  timeOutShare({ id }: Bus): number | undefined {
    return this.#timeOuts.get(id)?.share();
  }

  snapshots(): ServiceSnapshots {
    return Object.fromEntries([...this.#services].map(([busId, service]) => [busId, service.snapshot()]));
  }

  restore(snapshots: unknown): void {
    if (typeof snapshots !== "object" || snapshots === null) return;
    for (const [busId, snapshot] of Object.entries(snapshots)) this.#service(busId).restore(snapshot);
  }

  #service(busId: string): ServiceTime {
    const service = this.#services.get(busId) ?? new ServiceTime();
    this.#services.set(busId, service);
    return service;
  }
}
