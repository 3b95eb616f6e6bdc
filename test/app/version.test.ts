import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { version } from "#app/version.ts";

it("the version in the program is that of package.json", () => {
  const text = readFileSync(join(import.meta.dirname, "..", "..", "package.json"), "utf8");
  expect(version).toBe((JSON.parse(text) as { version: string }).version);
});
