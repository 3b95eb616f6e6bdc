import { describe, expect, it } from "vitest";
import { ConfigurationWatch } from "#app/configuration-watch.ts";
import type { Logger } from "#core/logger.ts";
import { silentLogger } from "#core/logger.ts";
import { configurationFiles } from "../support/configuration-files.ts";
import { ManualClock } from "../support/manual-clock.ts";

const main = "configuration.yaml";
const hub = (more = ""): string =>
  `modbus:\n- {name: line, type: tcp, host: a, port: 502, ${more}sensors: [{name: A, address: 1}]}\n`;

function watch(files: Record<string, string>, beforeRead: () => void = () => undefined) {
  const clock = new ManualClock(0);
  const told: number[] = [];
  const warnings: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (text) => void warnings.push(text), child: () => logger };
  const service = new ConfigurationWatch({
    files: {
      ...configurationFiles(files),
      read: async (path) => {
        beforeRead();
        return configurationFiles(files).read(path);
      },
    },
    clock,
    logger,
    onHubs: (hubs) => void told.push(hubs.length),
  });
  return { clock, told, warnings, service };
}

describe("Home Assistant's configuration", () => {
  it("is told at the start, and again when it has changed", async () => {
    const files = { [main]: hub() };
    const { clock, told, service } = watch(files);
    await service.start();
    await clock.advance(900_000);
    expect(told).toEqual([1]);
    files[main] += "- {name: other, type: tcp, host: b, port: 502, sensors: []}\n";
    await clock.advance(300_000);
    await expect.poll(() => told).toEqual([1, 2]);
    expect(service.inspect()).toEqual({ hubs: 2, entities: 1, problems: 0 });
    await service.stop();
    files[main] = hub();
    await clock.advance(900_000);
    expect(told).toEqual([1, 2]);
  });

  it("that cannot be read at all stops nobody, and is tried again", async () => {
    const files: Record<string, string> = { [main]: hub() };
    const { clock, told, warnings, service } = watch(files, () => {
      if (files["broken"] !== undefined) throw new Error("gone");
    });
    files["broken"] = "";
    await service.start();
    expect([told, warnings]).toEqual([[], [expect.stringContaining("could not be read; it is tried again")]]);
    delete files["broken"];
    await clock.advance(300_000);
    await expect.poll(() => told).toEqual([1]);
    await service.stop();
  });

  it("has what is wrong in the log once, and is no fault where it is not there", async () => {
    const { clock, warnings, service } = watch({ [main]: hub("retries: 3, ") });
    await service.start();
    await clock.advance(900_000);
    expect(warnings).toEqual([expect.stringMatching(/^configuration.yaml:2: Home Assistant has removed retries/)]);
    await service.stop();
    const none = watch({});
    await none.service.start();
    expect([none.told, none.warnings]).toEqual([[0], []]);
    await none.service.stop();
  });
});
