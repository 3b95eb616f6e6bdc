import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { systemClock } from "#core/clock.ts";
import { silentLogger } from "#core/logger.ts";
import { Storage } from "#storage/index.ts";
import type { FullDiskReport } from "../support/full-disk-writer.ts";
import { numberedState } from "../support/numbered-state.ts";
import { seeded } from "../support/random.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const writer = join(import.meta.dirname, "..", "support", "store-writer.ts");
const fullDiskWriter = join(import.meta.dirname, "..", "support", "full-disk-writer.ts");
const deaths = 100;

/** How many samples there are; all of them must be those that were written, without a gap. */
async function countIn(directory: string): Promise<number> {
  await using storage = await Storage.open({ at: directory, clock: systemClock, logger: silentLogger });
  expect((await storage.verify()).faults).toEqual([]);
  let next = 0;
  for await (const { times, states } of storage.series.read("counter"))
    for (const [index, time] of times.entries()) {
      expect([time, states.at(index)]).toEqual([next, numberedState(next)]);
      next += 1;
    }
  return next;
}

describe("a process that writes", () => {
  it(`has everything it acknowledged after each of ${deaths} kill -9`, { timeout: 240_000 }, async () => {
    const directory = folder.at("killed");
    const random = seeded(17);
    let acknowledged = 0;
    for (let death = 1; death <= deaths; death += 1) {
      const child = spawn(process.execPath, [writer, directory], { stdio: ["ignore", "pipe", "inherit"] });
      let told = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (told += text));
      const wanted = random() * 24;
      while (told.split("\n").length - 1 < wanted) await once(child.stdout, "data");
      child.kill("SIGKILL");
      await once(child, "close");
      // A line that was cut off is a number that was not told.
      acknowledged = Math.max(acknowledged, ...told.split("\n").slice(0, -1).map(Number));
      if (death % 10 === 0) expect(await countIn(directory)).toBeGreaterThanOrEqual(acknowledged);
    }
    expect(await countIn(directory)).toBeGreaterThanOrEqual(acknowledged);
    expect(acknowledged).toBeGreaterThan(deaths * 20);
  });

  const mountable = spawnSync("unshare", ["-Urm", "sh", "-c", "mount -t tmpfs -o size=1m tmpfs /mnt"]).status === 0;
  it.skipIf(!mountable)(
    "on a disk that fills up stops with one clear error, reads on, and goes on when there is room (needs unshare and mount)",
    { timeout: 60_000 },
    () => {
      const directory = folder.at("small-disk");
      const script = [
        "set -e",
        `mkdir -p ${directory}`,
        `mount -t tmpfs -o size=700k tmpfs ${directory}`,
        `mkdir ${directory}/store`,
        `dd if=/dev/zero of=${directory}/other bs=1k count=350 status=none`,
        `${process.execPath} ${writer} ${directory}/store 600`,
        "echo ---",
        `rm ${directory}/other`,
        `${process.execPath} ${writer} ${directory}/store 600`,
        "echo ---",
        `mount -o remount,size=8m ${directory}`,
        `timeout -s KILL 3 ${process.execPath} ${writer} ${directory}/store 600 || true`,
      ].join("\n");
      const output = execFileSync("unshare", ["-Urm", "sh", "-c", script], { encoding: "utf8" });
      const lives = output.split("---\n").map((life) => life.trim().split("\n"));
      const numbers = lives.map((life) => life.map(Number).filter((number) => !Number.isNaN(number)));
      for (const life of [0, 1]) {
        // The last number, one error, and everything that was acknowledged can still be read.
        const last = numbers[life]?.at(-1) ?? 0;
        expect(lives[life]?.slice(-2)).toEqual(["STORE_FULL", `read ${last} full`]);
        expect(numbers[life + 1]?.[0]).toBe(last + 600);
      }
      expect(numbers[2]?.length).toBeGreaterThan(3);
    },
  );

  it.skipIf(!mountable)(
    "on a full disk says so also while small values still find room, and does not write zeros in vain (needs unshare and mount)",
    { timeout: 60_000 },
    () => {
      const directory = folder.at("full-disk");
      const script = [
        "set -e",
        `mkdir -p ${directory}`,
        `mount -t tmpfs -o size=4m tmpfs ${directory}`,
        `${process.execPath} ${fullDiskWriter} ${directory}/store ${directory}/other`,
      ].join("\n");
      const output = execFileSync("unshare", ["-Urm", "sh", "-c", script], { encoding: "utf8" });
      const { statuses, refused, written, values } = JSON.parse(output) as FullDiskReport;
      expect(refused).toBe("STORE_FULL");
      expect(statuses).toEqual(["ok", "full", "full", "full", "ok"]);
      expect(values).toBe(400);
      // A hundred small frames, and at most once the last room of the disk.
      for (const bytes of written.slice(1, 3)) expect(bytes).toBeLessThan(40_000);
    },
  );
});
