import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { Daemon } from "../support/daemon.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";

const root = join(import.meta.dirname, "..", "..");
const tellsWhatStrips = `data:text/javascript,${encodeURIComponent(
  `process.on("exit", () => console.error(process.moduleLoadList.filter((name) => /deps\\/amaro/.test(name)).length))`,
)}`;

/** How many modules of the program that strips types were loaded. */
function strippersLoaded(): number {
  const argv = ["--import", tellsWhatStrips, join(root, "src", "main.js"), "options", "--schema"];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { cwd: root, encoding: "utf8" });
  expect(status).toBe(0);
  expect(stdout).toContain("backup_interval");
  return Number(stderr.trim());
}

it("keeps what Node made of the files, so that a second start does not even load what strips the types", () => {
  strippersLoaded();
  expect(strippersLoaded()).toBe(0);
});

it("keeps it also when the program is killed", async () => {
  using folder = new TemporaryFolder();
  const cache = folder.at("cache");
  const environment = { NODE_COMPILE_CACHE: cache, CADENCE_PANEL_PORT: "0", CADENCE_STARTUP_TIMEOUT: "0" };
  await using daemon = new Daemon(["run", "--store", folder.at("store")], { environment, directory: folder.path });
  await daemon.address();
  const files = (): number => readdirSync(cache, { recursive: true }).length;
  await vi.waitUntil(() => files() > 100, { timeout: 30_000, interval: 200 });
  await daemon.kill("SIGKILL");
});
