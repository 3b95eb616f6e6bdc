import { spawnSync } from "node:child_process";
import { Bench } from "./bench.ts";
import { chromium } from "./browser.ts";

/** Installs what these tests need (minutes, once on a machine), so that no test's time limit pays for it. */
export async function setup(): Promise<void> {
  const missing = [
    ...(chromium() === undefined ? ["chromium"] : []),
    ...(spawnSync("which", ["mariadbd"]).status === 0 ? [] : ["mariadb-server"]),
  ];
  if (missing.length > 0) {
    spawnSync("apt-get", ["update", "-q"], { stdio: "inherit" });
    spawnSync("apt-get", ["install", "-q", "-y", "--no-install-recommends", ...missing], {
      stdio: "inherit",
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
  }
  await Bench.install();
}

export async function teardown(): Promise<void> {
  await Bench.stop();
}
