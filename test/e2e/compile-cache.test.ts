import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

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
