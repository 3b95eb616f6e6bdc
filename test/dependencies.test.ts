import { execFile, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { TemporaryFolder } from "./support/temporary-folder.ts";

const root = join(import.meta.dirname, "..");
const json = (name: string): unknown => JSON.parse(readFileSync(join(root, name), "utf8"));

describe("what is shipped beside our own code", () => {
  it("is named with its licence, and each allows it", () => {
    const page = readFileSync(join(root, "docs", "licences.md"), "utf8");
    const made = spawnSync(process.execPath, [join(root, ".ci", "licences.mjs")], { encoding: "utf8" });
    expect(page).toBe(made.stdout);
    const licences = new Set(
      [...page.matchAll(/^\| \S+ \| \S+ \| (.+) \|$/gm)].map(([, licence]) => licence as string),
    );
    licences.delete("licence");
    expect(licences.size).toBeGreaterThan(2);
    for (const licence of licences)
      expect(["MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "Python-2.0"]).toContain(licence);
  });

  it("is pinned to the version and to its bytes", () => {
    const { dependencies, devDependencies } = json("package.json") as Record<string, Record<string, string>>;
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
      expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
    const { packages } = json("package-lock.json") as {
      packages: Record<string, { integrity?: string; resolved?: string }>;
    };
    for (const [path, { integrity }] of Object.entries(packages))
      if (path !== "") expect([path, integrity]).toEqual([path, expect.stringMatching(/^sha512-/)]);
  });

  it.each([
    ["nothing is known against it", 200, {}, 0, "npm audit: 0 known vulnerabilities"],
    ["something is", 200, { ws: [advisory("ws")] }, 1, "ws: high, ws falls over, https://advisories.invalid/1"],
    ["nobody can be asked", 405, {}, 0, "Left out: npm audit, because the registry cannot be asked: 405"],
  ])("is asked of the registry, when %s", async (_, status, answer, code, said) => {
    await using registry = await registryThat(status, answer);
    using cache = new TemporaryFolder();
    expect(await audit(registry.address, cache.path)).toEqual({
      code,
      stdout: expect.stringContaining(said) as string,
    });
  });
});

function advisory(name: string): object {
  const vulnerable_versions = "<99.0.0";
  return {
    id: 1,
    url: "https://advisories.invalid/1",
    title: `${name} falls over`,
    severity: "high",
    vulnerable_versions,
  };
}

/** A package registry that answers questions for advisories so, and knows of each package one version. */
async function registryThat(status: number, answer: object): Promise<AsyncDisposable & { readonly address: string }> {
  const server = createServer((request, response) => {
    request.resume();
    const isQuestion = request.url?.includes("advisories") === true;
    const name = request.url?.slice(1) ?? "";
    const versions = { "8.23.0": { name, version: "8.23.0" } };
    response.writeHead(isQuestion ? status : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(isQuestion ? answer : { name, versions, "dist-tags": { latest: "8.23.0" } }));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

function audit(registry: string, cache: string): Promise<{ code: number; stdout: string }> {
  const env = { ...process.env, npm_config_registry: registry, npm_config_cache: cache, npm_config_fetch_retries: "0" };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, ".ci", "audit.mjs")], { env }, (error, stdout) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout }),
    );
  });
}
