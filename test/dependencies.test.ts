import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

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
});
