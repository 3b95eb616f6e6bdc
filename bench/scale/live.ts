import { formatDuration } from "../../src/core/duration.ts";
import { systemClock } from "../../src/core/clock.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { SimulatedHome } from "../../src/simulator/simulated-home.ts";
import { building, type BuildingOptions } from "../../src/simulator/site.ts";
import { Daemon, pause } from "../../test/support/daemon.ts";
import { TemporaryFolder } from "../../test/support/temporary-folder.ts";
import { usageOf } from "./process-usage.ts";
import { environment, nodeOptions } from "../../test/support/as-the-image.ts";
import { token } from "./start.ts";

const warmUp = 60_000;

export interface LiveOptions extends BuildingOptions {
  /** Milliseconds, after a minute in which everything is compiled and found. */
  readonly length: number;
}

/** The daemon as it is installed, beside a simulated building that goes on in real time. */
export async function measureLive({ length, ...site }: LiveOptions): Promise<void> {
  using folder = new TemporaryFolder();
  await using home = await SimulatedHome.start({
    clock: systemClock,
    logger: silentLogger,
    token,
    historyHours: 0.1,
    site: building(site),
  });
  const start = async (store: string): Promise<Daemon> => {
    const daemon = new Daemon(["run", "--store", folder.at(store)], {
      environment: { ...environment, HASS_URL: home.url, HASS_TOKEN: token, CADENCE_PANEL_PORT: "0" },
      directory: folder.path,
      nodeOptions,
    });
    await daemon.until(({ connection }) => connection.state === "live", 120_000);
    return daemon;
  };
  // What Node makes of the files at the first start of all is kept: docs/decisions/no-build.md.
  await (await start("first")).kill("SIGTERM");
  await using daemon = await start("store");
  await pause(warmUp);
  const before = await daemon.overview();
  const [begun, used] = [performance.now(), usageOf(daemon.pid)];
  let peak = 0;
  while (performance.now() - begun < length) {
    await pause(1_000);
    peak = Math.max(peak, usageOf(daemon.pid).residentBytes);
  }
  const seconds = (performance.now() - begun) / 1_000;
  const now = usageOf(daemon.pid);
  const after = await daemon.overview();
  const cpu = (now.cpuSeconds - used.cpuSeconds) / seconds;
  const written = now.bytesWritten - used.bytesWritten;
  const values = after.ingest.accepted - before.ingest.accepted;
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  say(
    `${after.ingest.entities.toLocaleString("en")} entities on ${after.buses.length} buses, ${formatDuration(length)} live`,
  );
  say(`values a second        ${(values / seconds).toFixed(0).padStart(9)}`);
  say(`processor time         ${(cpu * 100).toFixed(1).padStart(9)} % of one core`);
  say(`memory                 ${megabytes(peak)} MB (${megabytes(now.peakBytes).trim()} at the start)`);
  say(`lag, 99 of 100         ${(after.ingest.lagP99Milliseconds ?? 0).toFixed(0).padStart(9)} ms`);
  say(
    `written by the kernel  ${megabytes((written / seconds) * 3_600)} MB an hour (${(written / Math.max(1, values)).toFixed(1)} B a value)`,
  );
  const told = after.storage.bytesWritten - before.storage.bytesWritten;
  say(`  as it says itself    ${megabytes((told / seconds) * 3_600)} MB an hour`);
  say(
    `refused, gaps          ${String(after.ingest.refused).padStart(9)} values, ${after.ingest.gaps} gaps; the simulation skipped ${home.home.skipped} ms`,
  );
}

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(0).padStart(9);
