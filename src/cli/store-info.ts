import { type Command, storeFlag } from "./command.ts";
import { ExitCode } from "./exit-code.ts";
import { bytes, count, instant } from "./format.ts";
import { openForReading, storeDirectory } from "./open-store.ts";

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
      `  size              ${bytes(size)} in ${count(chunks)} chunks, ${bytesPerSample.toFixed(2)} bytes a value`,
    );
    if (damagedFrames > 0) out.line(`  damaged frames    ${count(damagedFrames)}: see store verify`);
    out.document({
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
