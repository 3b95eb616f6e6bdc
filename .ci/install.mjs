// Installs the dependencies when node_modules is missing or older than the lock file. Runs on any Node from 20 and needs
// nothing itself, because it is what `npm start` and `npm test` call first on a fresh clone.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lock = join(root, "package-lock.json");
const installed = join(root, "node_modules", ".package-lock.json");

const fresh = existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs;
if (!fresh) {
  process.stderr.write("Installing what is missing (npm ci, about 190 MB, once) …\n");
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: root, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
  if (npm.status !== 0) {
    process.stderr.write("The installation failed. Check the network and the messages above, then try again.\n");
    process.exit(npm.status ?? 1);
  }
}
