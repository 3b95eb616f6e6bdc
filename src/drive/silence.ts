/** ms */
const firstWait = 2_000;
const longestWait = 300_000;
/** One register that does not exist says nothing of its device. */
const fromDevice = 2;

interface Failing {
  failures: number;
  until: number;
}

/**
 * Who does not answer is asked less and less often, up to every five minutes: an inverter at night costs a time-out each time. A device that failed for one register after the other is silent as a whole.
 * Times are monotonic ms.
 */
export class Silence {
  readonly #entities = new Map<string, Failing>();
  readonly #units = new Map<number, Failing>();

  mayRead(now: number, entityId: string, unit: number | undefined): boolean {
    const ofUnit = unit === undefined ? undefined : this.#units.get(unit);
    return now >= (this.#entities.get(entityId)?.until ?? now) && now >= (ofUnit?.until ?? now);
  }

  answered(entityId: string, unit: number | undefined): void {
    this.#entities.delete(entityId);
    if (unit !== undefined) this.#units.delete(unit);
  }

  failed(now: number, entityId: string, unit: number | undefined): void {
    wait(this.#entities, entityId, now, 1);
    if (unit !== undefined) wait(this.#units, unit, now, fromDevice);
  }

  /** Devices that are silent as a whole. */
  units(now: number): readonly number[] {
    return [...this.#units].filter(([, { until }]) => until > now).map(([unit]) => unit);
  }
}

function wait<Key>(all: Map<Key, Failing>, key: Key, now: number, from: number): void {
  const failing = all.get(key) ?? { failures: 0, until: now };
  all.set(key, failing);
  failing.failures += 1;
  if (failing.failures < from) return;
  failing.until = now + Math.min(longestWait, firstWait * 2 ** (failing.failures - from));
}
