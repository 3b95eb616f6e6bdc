import type * as FileSystem from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { silentLogger } from "#core/logger.ts";
import { Backups, Storage } from "#storage/index.ts";
import { counted } from "../support/faulty-fs.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";

vi.mock("node:fs/promises", async (original) => {
  const { faultyFileSystem } = await import("../support/faulty-fs.ts");
  return faultyFileSystem(await original<typeof FileSystem>());
});

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const common = { clock: new ManualClock(), logger: silentLogger };
const directory = folder.at("store");
const open = (): Promise<Storage> => Storage.open({ ...common, at: directory, commitInterval: 0, create: true });
const samples = (begin: number, end: number) =>
  Array.from({ length: end - begin }, (_, index) => ({ series: "a", time: begin + index, state: String(index % 7) }));

/** What changes the disk; one line where the same call on the same file follows itself. */
function changes(calls: readonly string[]): string {
  const kept = calls.filter((call) => /^(open|write|datasync|sync|truncate|rename|link|unlink|rm|mkdir) /.test(call));
  return `${kept.filter((call, index) => call !== kept[index - 1]).join("\n")}\n`;
}

/**
 * The order of calls that a loss of power may cut anywhere: what is written before it is synced, what is synced before it is named, what is named before the folder
 * is synced, and nothing removed before all that. A sync out of its place shows as a difference in test/golden/calls.
 */
describe("the order of calls of the file system", () => {
  const golden = (name: string): string => join(import.meta.dirname, "..", "golden", "calls", `${name}.txt`);

  it("is the golden one for a commit, a checkpoint, a compaction, a backup and a restore", async () => {
    {
      await using storage = await open();
      await storage.series.append(samples(0, 50));
      const commit = await counted(() => storage.series.append(samples(50, 60)));
      await expect(changes(commit)).toMatchFileSnapshot(golden("commit"));
      const checkpoint = await counted(() => storage.series.flush());
      await expect(changes(checkpoint)).toMatchFileSnapshot(golden("checkpoint"));
      await storage.series.append(samples(60, 4_000));
      await storage.series.flush();
      const compaction = await counted(() => storage.compact());
      await expect(changes(compaction)).toMatchFileSnapshot(golden("compaction"));
    }
    const backup = await counted(() => new Backups({ ...common, directory }).create());
    await expect(changes(backup).replaceAll(/\d{4}-\d\d-\d\dT[\d-]+Z/g, "TIME")).toMatchFileSnapshot(golden("backup"));
    const [made] = await new Backups({ ...common, directory }).list();
    common.clock.jump(60_000);
    const restore = await counted(() => new Backups({ ...common, directory }).restore(made?.name ?? ""));
    await expect(changes(restore).replaceAll(/\d{4}-\d\d-\d\dT[\d-]+Z/g, "TIME")).toMatchFileSnapshot(
      golden("restore"),
    );
  });
});
