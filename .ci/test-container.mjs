// npm run test:container: builds the add-on's image and runs it, without a container daemon (`container` beside this checkout): health, rights, signals, memory,
// the Supervisor's network, the AppArmor profile in a small virtual machine. Where that cannot work it says why and ends with 0.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
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
  const env = options.address === undefined ? process.env : { ...process.env, ADDRESS: options.address };
  return spawnSync(container, words, { cwd: root, env, encoding: "utf8", stdio: ["ignore", options.quiet ? "pipe" : "inherit", "inherit"] });
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
if (failed === 0) {
  // The simulated home in the image; a stand-in for the Supervisor hands on from a path of its own, as ingress does.
  const [prefix, program, supervisor] = ["/api/hassio_ingress/a-token-of-the-test", "http://172.30.33.5:8099", "http://172.30.32.2:8123"];
  const node = ["node", "--optimize-for-size", "--concurrent-turbofan-max-threads=2", "src/main.js"];
  run(["run", tag, "--name", "cadence", "--network", "supervisor", "--env", "SUPERVISOR_TOKEN=a-token-of-the-test", "--", ...node, "demo", "--for", "5min"]);
  run(["run", tag, "--name", "supervisor", "--network", "supervisor", "--volume", `${join(root, "test", "support")}:/proxy:ro`,
    "--env", `PROXY_TARGET=${program}`, "--env", `PROXY_PREFIX=${prefix}`, "--", "node", "/proxy/prefix-proxy.ts"], { address: "172.30.32.2" });
  try {
    says("the demo runs in the image, healthy", run(["health", "cadence", "60"], { quiet: true }).status === 0);
    await throughIngress(`${supervisor}${prefix}/`);
  } finally {
    for (const name of ["cadence", "supervisor"]) {
      run(["stop", name], { quiet: true });
      run(["remove", name], { quiet: true });
    }
  }
}

/** What a browser gets from the panel through ingress. */
async function throughIngress(base) {
  const ask = async (path, options) => {
    try {
      return await fetch(new URL(path, base), { ...options, signal: AbortSignal.timeout(10_000) });
    } catch (error) {
      return new Response(String(error), { status: 599 });
    }
  };
  let home;
  for (const end = Date.now() + 60_000; Date.now() < end && !(home?.entities?.length > 50); await new Promise((resolve) => setTimeout(resolve, 500))) {
    const answer = await ask("api/overview");
    home = answer.ok ? await answer.json() : undefined;
  }
  says(`its panel shows the home through ingress (${home?.entities?.length ?? 0} entities)`, home?.entities?.length === 54);
  const page = await (await ask("")).text();
  const files = [...page.matchAll(/(?:href|src)="([a-z-]+\.(?:css|js))"/g)].map(([, name]) => name);
  const statuses = await Promise.all([...files, "uplot.js"].map(async (name) => (await ask(name)).status));
  says(`with all its files by relative addresses (${files.join(", ")})`, files.length >= 3 && statuses.every((status) => status === 200));
  // By hand: the machine's own Node may have no WebSocket.
  const state = await new Promise((resolve) => {
    const headers = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };
    const asked = request(new URL("api/live", base), { headers, timeout: 10_000 });
    asked.on("upgrade", (_answer, socket, head) => {
      let text = head.toString("latin1");
      const look = () => text.includes('"type":"state"') && (socket.destroy(), resolve("the state"));
      socket.on("data", (part) => {
        text += part.toString("latin1");
        look();
      });
      look();
    });
    asked.on("response", ({ statusCode }) => resolve(statusCode)).on("error", resolve).on("timeout", () => asked.destroy(new Error("nothing"))).end();
  });
  says(`and its live feed (${state})`, state === "the state");
  const headers = { "x-modbus-cadence": "1", "x-remote-user-id": "somebody" };
  const refused = await ask("api/storage/restore?name=any", { method: "POST", headers });
  says(`who is no administrator may not restore (${refused.status})`, refused.status === 403);
  const allowed = await ask("api/storage/verify", { method: "POST", headers });
  says(`and may check the store (${allowed.status})`, allowed.status === 204);
}

console.log(failed === 0 ? "The image is as it should be." : `${failed} of the checks of the image failed.`);
process.exit(failed === 0 ? 0 : 1);
