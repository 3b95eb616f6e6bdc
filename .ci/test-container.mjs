// npm run test:container: builds the add-on's image and runs it, without a container daemon (`container` beside this checkout): health, rights, signals, memory,
// the Supervisor's network, the AppArmor profile in a small virtual machine. Where that cannot work it says why and ends with 0.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const container = join(root, "..", "shared", "container", "container");
const tag = "localhost/modbus-cadence:test";
const cannotWork = 77;

function leaveOut(why) {
  console.log(`Left out: the tests of the image, because ${why}.`);
  process.exit(0);
}

function run(words, options = {}) {
  return spawnSync(container, words, { cwd: root, encoding: "utf8", stdio: ["ignore", options.quiet ? "pipe" : "inherit", "inherit"] });
}

if (!existsSync(container)) leaveOut(`there is no ${container}`);
for (const step of ["install", "base"]) {
  const { status } = run([step]);
  if (status === cannotWork) leaveOut("this machine cannot run containers (the line above says why)");
  if (status !== 0) process.exit(1);
}

let failed = 0;
const says = (what, holds) => {
  console.log(`${holds ? "ok  " : "FAIL"} ${what}`);
  if (!holds) failed += 1;
};

const linted = mkdtempSync(join(tmpdir(), "cadence-lint-"));
try {
  spawnSync("cp", ["-r", "Dockerfile", "addon", "repository.yaml", linted], { cwd: root });
  says("Dockerfile, profile, script and YAML have no finding", run(["lint", linted]).status === 0);
} finally {
  rmSync(linted, { recursive: true, force: true });
}
says("the image can be built", run(["build", ".", tag]).status === 0);
if (failed === 0) {
  says("the image does what an add-on must (container check)", run(["check", tag, "addon/apparmor.txt"]).status === 0);
  // In the Supervisor's network the machine itself, 172.30.32.1, is somebody else.
  run(["run", tag, "--name", "cadence", "--network", "supervisor", "--env", "SUPERVISOR_TOKEN=a-token-of-the-test"]);
  const healthy = run(["health", "cadence", "60"], { quiet: true }).status === 0;
  says("it is healthy in the Supervisor's network", healthy);
  const answer = spawnSync("curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "5", "http://172.30.33.5:8099/"], { encoding: "utf8" });
  says(`the panel is closed to everybody there but the Supervisor (${answer.stdout})`, answer.stdout === "403");
  run(["stop", "cadence"], { quiet: true });
  run(["remove", "cadence"], { quiet: true });
}
console.log(failed === 0 ? "The image is as it should be." : `${failed} of the checks of the image failed.`);
process.exit(failed === 0 ? 0 : 1);
