/** A scheduled call. Disposing it cancels the call; doing so twice, or after it ran, does nothing. */
export interface Timer extends Disposable {
  cancel(): void;
}

/** Where time comes from. Everything that waits or stamps takes one, so that tests and the simulated home own the time. */
export interface Clock {
  /** Milliseconds since 1970, UTC. May jump when somebody sets the machine's clock. */
  now(): number;
  /** Milliseconds that only ever grow; for durations. */
  monotonic(): number;
  /** Calls `run` once after `milliseconds`. The process does not stay alive for a timer alone. */
  after(milliseconds: number, run: () => void): Timer;
}

/** The longest delay of a platform timer; longer ones would fire at once. */
const longestDelay = 2 ** 31 - 1;

function platformTimer(milliseconds: number, run: () => void): Timer {
  const handle = setTimeout(run, Math.min(Math.max(0, milliseconds), longestDelay));
  handle.unref();
  const cancel = (): void => clearTimeout(handle);
  return { cancel, [Symbol.dispose]: cancel };
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: platformTimer,
};

/**
 * A clock that begins at `start` (ms since 1970) and runs `speed` times as fast as the machine's.
 * A delay of ten minutes at speed 600 takes one second.
 */
export function acceleratedClock(start: number, speed: number): Clock {
  const origin = performance.now();
  const elapsed = (): number => (performance.now() - origin) * speed;
  return {
    now: () => Math.round(start + elapsed()),
    monotonic: elapsed,
    after: (milliseconds, run) => platformTimer(milliseconds / speed, run),
  };
}

/** Resolves after `milliseconds` of `clock`, or rejects with the signal's reason when it is aborted first. */
export async function delay(clock: Clock, milliseconds: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const aborted = (): void => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    const timer = clock.after(milliseconds, () => {
      signal?.removeEventListener("abort", aborted);
      resolve();
    });
    signal?.addEventListener("abort", aborted, { once: true });
  });
}
