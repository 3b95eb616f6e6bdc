import { Bench } from "./bench.ts";

/** Installs what the bench needs (minutes, once on a machine), so that no test's time limit pays for it. */
export async function setup(): Promise<void> {
  await Bench.install();
}

export async function teardown(): Promise<void> {
  await Bench.stop();
}
