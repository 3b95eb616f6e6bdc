import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { TemporaryFolder } from "../support/temporary-folder.ts";
import { heapContent } from "./heap-snapshot.ts";

/** Functions of one text, called so that each gets byte code and feedback of its own; then objects that are kept. */
const program = `
  const { writeHeapSnapshot } = require("node:v8");
  const text = "(" + function () { let sum = 0; for (const each of [1, 2, 3]) sum += Math.hypot(each, sum); return { sum }; } + ")";
  const run = Array.from({ length: 2_000 }, (_, index) => "f" + index + ": " + text.slice(1, -1)).join(", ");
  const functions = Object.values(eval("({" + run + "})"));
  const [before, compiled, kept] = process.argv.slice(1);
  writeHeapSnapshot(before);
  for (const each of functions) for (let call = 0; call < 20; call += 1) each();
  writeHeapSnapshot(compiled);
  globalThis.held = Array.from({ length: 20_000 }, (_, index) => ({ index, of: () => index }));
  writeHeapSnapshot(kept);
`;

it("tells what a program keeps from what the engine made of its code", () => {
  using folder = new TemporaryFolder();
  const files = ["before", "compiled", "kept"].map((name) => folder.at(name));
  const run = spawnSync(process.execPath, ["-e", program, ...files], { encoding: "utf8" });
  expect(run.stderr).toBe("");
  const [before, compiled, kept] = files.map(heapContent) as [Content, Content, Content];
  const ofCode = compiled.codeBytes - before.codeBytes;
  expect(ofCode).toBeGreaterThan(1e6);
  // The constants that byte code refers to are a list like any other.
  expect(compiled.dataBytes - before.dataBytes).toBeLessThan(ofCode / 5);
  // Object, closure, context and a place in the list: 40 + 56 + 40 + 8 bytes.
  expect((kept.dataBytes - compiled.dataBytes) / (20_000 * 144)).toBeCloseTo(1, 1);
  expect(kept.codeBytes - compiled.codeBytes).toBeLessThan(0.1e6);
});

type Content = ReturnType<typeof heapContent>;
