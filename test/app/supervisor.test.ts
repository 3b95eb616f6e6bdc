import { describe, expect, it } from "vitest";
import { silentLogger } from "#core/logger.ts";
import type { Service } from "#core/service.ts";
import { Supervisor } from "#app/supervisor.ts";
import { ManualClock } from "../support/manual-clock.ts";

function services() {
  const log: string[] = [];
  const service = (name: string, parts: Partial<Service> = {}): { service: Service } => ({
    service: {
      name,
      start: () => Promise.resolve(void log.push(`start ${name}`)),
      stop: () => Promise.resolve(void log.push(`stop ${name}`)),
      inspect: () => ({}),
      ...parts,
    },
  });
  return { log, service };
}

describe("starting and stopping", () => {
  it("goes in order, and back in the reverse order, once", async () => {
    const { log, service } = services();
    const supervisor = new Supervisor(new ManualClock(), silentLogger);
    await supervisor.start([service("a"), service("b")]);
    await supervisor.stop();
    await supervisor.stop();
    expect(log).toEqual(["start a", "start b", "stop b", "stop a"]);
  });

  it("of one that cannot start stops it and those before it, and throws its reason", async () => {
    const { log, service } = services();
    const supervisor = new Supervisor(new ManualClock(), silentLogger);
    const broken = service("b", { start: () => Promise.reject(new Error("no port")) });
    await expect(supervisor.start([service("a"), broken, service("c")])).rejects.toThrow("no port");
    expect(log).toEqual(["start a", "stop b", "stop a"]);
  });

  it("of one that hangs ends after its time, and the others stop all the same", async () => {
    const { log, service } = services();
    const clock = new ManualClock();
    const supervisor = new Supervisor(clock, silentLogger);
    await supervisor.start([service("a"), service("b", { stop: () => new Promise(() => undefined) })]);
    const stopped = supervisor.stop().catch((error: unknown) => error);
    await clock.advance(2_000);
    const failure = (await stopped) as AggregateError;
    expect(failure.errors).toMatchObject([{ code: "TIMED_OUT", message: "Stopping b took longer than 1.5 s." }]);
    expect(log.at(-1)).toBe("stop a");
  });
});
