import type { SamplePort } from "#bridge/ports.ts";
import type { Delivery } from "#model/delivery.ts";
import type { Sample } from "#model/sample.ts";

/** A sink that keeps everything, and can be told to have no room. */
export class SampleCollector implements SamplePort {
  readonly deliveries: Delivery[] = [];
  hasRoom = true;
  refused = 0;
  /** Keeps whoever renamed something waiting. */
  holdsRenames = false;
  readonly #held: ((stored: boolean) => void)[] = [];

  offer(delivery: Delivery): boolean {
    if (this.hasRoom) this.deliveries.push(delivery);
    else this.refused += delivery.samples.length;
    return this.hasRoom;
  }

  deliver(delivery: Delivery): Promise<void> {
    this.deliveries.push(delivery);
    if (delivery.onSettled !== undefined) this.#held.push(delivery.onSettled);
    if (!this.holdsRenames) this.settleRenames();
    return Promise.resolve();
  }

  settleRenames(): void {
    for (const settle of this.#held.splice(0)) settle(true);
  }

  /** Every sample once, however often it came. */
  get lines(): ReadonlySet<string> {
    return new Set(this.deliveries.flatMap(({ samples }) => samples.map(asLine)));
  }

  get coveredUntil(): number | undefined {
    return this.deliveries.findLast((delivery) => delivery.coveredUntil !== undefined)?.coveredUntil;
  }
}

export function asLine({ entityId, time, state }: Sample): string {
  return `${entityId} ${time} ${state}`;
}
