import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { describe, expect, it } from "vitest";
import { architectureViolations, mayImport, type SourceTree } from "./support/architecture.ts";

const root = join(import.meta.dirname, "..", "src");

function readTree(): SourceTree {
  const paths = readdirSync(root, { recursive: true, encoding: "utf8" })
    .map((path) => path.split(sep).join("/"))
    .filter((path) => path.endsWith(".ts") && !path.startsWith("web/ui/"));
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

/** The real tree with some files replaced or added. */
function changed(files: Readonly<Record<string, string>>): string[] {
  const before = new Set(architectureViolations(readTree()));
  const after = architectureViolations(new Map([...readTree(), ...Object.entries(files)]));
  return after.filter((violation) => !before.has(violation));
}

describe("the house keeps its rules", () => {
  it("has no import that the design forbids", () => {
    expect(architectureViolations(readTree())).toEqual([]);
  });

  it("has every room of the design, and no other", () => {
    const rooms = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const { name } of rooms) expect(Object.keys(mayImport)).toContain(name);
  });
});

describe("a broken rule is found and its chain is printed", () => {
  const cases: Readonly<Record<string, { files: Record<string, string>; says: string }>> = {
    "a room that another must not know": {
      files: { "pipeline/bad.ts": `import type { Store } from "#storage/index.ts";` },
      says: "pipeline/bad.ts:1 → storage/index.ts: pipeline must not import storage",
    },
    "a forbidden room reached through an allowed one": {
      files: {
        "publish/bad.ts": `import { a } from "#diagnostics/bad.ts";`,
        "diagnostics/bad.ts": `export { a } from "#storage/bad.ts";`,
        "storage/bad.ts": "export const a = 1;",
      },
      says: "publish/bad.ts → diagnostics/bad.ts → storage/bad.ts: publish must not reach storage",
    },
    "the composition root imported from a room": {
      files: { "web/bad.ts": `import "#app/wiring.ts";` },
      says: "web/bad.ts:1 → app/wiring.ts: only cli imports app",
    },
    "the storage entered by a window": {
      files: { "repository/bad.ts": `import { Batch } from "#storage/batch.ts";` },
      says: "repository/bad.ts:1 → storage/batch.ts: storage is entered by its door, storage/index.ts",
    },
    "tests in the product": {
      files: { "core/bad.ts": `import "../../test/support/x.ts";` },
      says: "core/bad.ts:1 → ../test/support/x.ts: src must not import what is outside it",
    },
    "one backend that uses another": {
      files: {
        "storage/backends/a-store.ts": `import "./b-store.ts";`,
        "storage/backends/b-store.ts": "export {};",
      },
      says: "storage/backends/a-store.ts:1 → storage/backends/b-store.ts: one backend must not import another",
    },
    "Home Assistant's library outside the bridge": {
      files: { "ingest/bad.ts": `import { x } from "home-assistant-js-websocket";` },
      says: "ingest/bad.ts:1 → home-assistant-js-websocket: home-assistant-js-websocket is not allowed here",
    },
    "the file system outside its places": {
      files: { "cli/bad.ts": `import {\n  readFileSync,\n} from "node:fs";` },
      says: "cli/bad.ts:3 → node:fs: node:fs is not allowed here",
    },
    "a data base that is always loaded": {
      files: { "sources/recorder-sqlite.ts": `import { DatabaseSync } from "node:sqlite";` },
      says: "sources/recorder-sqlite.ts:1 → node:sqlite: node:sqlite is loaded on demand only",
    },
    "a dependency nobody decided on": {
      files: { "core/bad.ts": `import _ from "lodash";` },
      says: "core/bad.ts:1 → lodash: lodash is not a known dependency",
    },
    "time in the pipeline": {
      files: { "pipeline/bad.ts": "// Date.now() in a comment is none\nexport const a = Date.now();" },
      says: "pipeline/bad.ts:2: the wall clock in pipeline is not allowed here",
    },
    "waiting in the pipeline": {
      files: { "pipeline/bad.ts": "const text = `await ${1} await`;\nexport async function a() {}" },
      says: "pipeline/bad.ts:2: await in pipeline is not allowed here",
    },
    "the environment outside config": {
      files: { "bridge/bad.ts": "export const a = process.env.HOME;" },
      says: "bridge/bad.ts:1: process.env is not allowed here",
    },
    "printing outside cli": {
      files: { "web/bad.ts": "console.log(1);" },
      says: "web/bad.ts:1: console is not allowed here",
    },
    "a long file that does not say why": {
      files: { "core/bad.ts": "export {};\n".repeat(450) },
      says: "core/bad.ts has over 400 lines and its first comment does not say why",
    },
  };

  it.each(Object.entries(cases))("%s", (_name, { files, says }) => {
    expect(changed(files)).toContain(says);
  });
});
