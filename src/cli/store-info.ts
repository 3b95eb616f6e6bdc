import { formatBytes } from "#core/bytes.ts";
import type { Gap } from "#model/gap.ts";
import { Repository } from "#repository/repository.ts";
import { type Command, storeFlag } from "./command.ts";
import { ExitCode } from "./exit-code.ts";
import { count, instant } from "./format.ts";
import { openForReading, storeDirectory } from "./open-store.ts";

const newestGaps = 5;
const causes: Readonly<Record<Gap["cause"], string>> = {
  start: "Modbus Cadence was not running",
  "connection-lost": "the connection to Home Assistant was lost",
  "home-assistant-restarted": "Home Assistant restarted",
  refused: "more came than could be taken",
  silence: "Home Assistant said nothing",
  "host-clock": "this machine's clock jumped",
  "home-assistant-clock": "Home Assistant's clock jumped",
};

export const storeInfoCommand: Command = {
  name: "store info",
  summary: "How much is stored, in how many bytes, from when to when.",
  flags: { store: storeFlag },
  run: async ({ flags, out }) => {
    const directory = storeDirectory(flags);
    await using storage = await openForReading(directory);
    const {
      series,
      samples,
      chunks,
      bytes: size,
      bytesPerSample,
      oldest,
      newest,
      damagedFrames,
    } = await storage.inspect();
    out.line(directory);
    out.line(`  entities          ${count(series)}`);
    out.line(`  values            ${count(samples)}`);
    out.line(`  from              ${instant(oldest)} UTC`);
    out.line(`  to                ${instant(newest)} UTC`);
    out.line(
      `  size              ${formatBytes(size)} in ${count(chunks)} chunks, ${bytesPerSample.toFixed(2)} bytes a value`,
    );
    if (damagedFrames > 0) out.line(`  damaged frames    ${count(damagedFrames)}: see store verify`);
    const gaps = await (await Repository.open(storage)).gaps.all();
    if (gaps.length > 0) {
      out.line(`  gaps              ${count(gaps.length)}, filled from history as far as it reaches; the newest:`);
      for (const { from, to, cause } of gaps.slice(-newestGaps))
        out.line(`    ${instant(from)} to ${instant(to)}  ${causes[cause]}`);
    }
    out.document({
      gaps,
      entities: series,
      samples,
      chunks,
      bytes: size,
      bytesPerSample,
      oldest: oldest ?? null,
      newest: newest ?? null,
      damagedFrames,
    });
    return ExitCode.done;
  },
};
