import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { patchIntervals } from "#modbus/yaml/patch-intervals.ts";
import { readConfiguration } from "#modbus/yaml/read-configuration.ts";
import { unifiedDiff } from "#modbus/yaml/unified-diff.ts";
import type { YamlEntity } from "#model/yaml-hub.ts";
import { configurationFiles } from "../../support/configuration-files.ts";
import { hasSharedData, sharedData, withoutSharedData } from "../../support/shared-data.ts";

const main = "configuration.yaml";

/** The text after the intervals of the named entities were set. */
async function patched(text: string, wanted: Readonly<Record<string, number>>): Promise<string> {
  const { files, refused } = await patchIntervals(
    configurationFiles({ [main]: text }),
    main,
    ({ name }) => wanted[name],
  );
  expect(refused).toEqual([]);
  return files[0]?.after ?? text;
}

const head = "modbus:\n- name: line\n  type: tcp\n  host: a\n  port: 502\n  sensors:\n";

describe("an interval in the configuration", () => {
  const cases: Readonly<Record<string, [before: string, wanted: Record<string, number>, after: string]>> = {
    "is replaced, whatever stands beside it": [
      "  - name: A\n    scan_interval:   10   # fast\n    address: 1\n",
      { A: 60 },
      "  - name: A\n    scan_interval:   60   # fast\n    address: 1\n",
    ],
    "keeps its quotes": [
      '  - name: A\n    address: 1\n    scan_interval: "10"\n',
      { A: 60 },
      '  - name: A\n    address: 1\n    scan_interval: "60"\n',
    ],
    "is written where nothing stood": [
      "  - name: A\n    address: 1\n    scan_interval:\n",
      { A: 60 },
      "  - name: A\n    address: 1\n    scan_interval: 60\n",
    ],
    "is added behind the address": [
      "  - name: A # a\n    address: 1 # b\n    slave: 2\n",
      { A: 60 },
      "  - name: A # a\n    address: 1 # b\n    scan_interval: 60\n    slave: 2\n",
    ],
    "is added to the last line of a file without an end": [
      "  -   name: A\n      address: 1",
      { A: 60 },
      "  -   name: A\n      address: 1\n      scan_interval: 60",
    ],
    "is added in a map of one line": [
      "  - {name: A, address: 1, slave: 2}\n",
      { A: 60 },
      "  - {name: A, address: 1, scan_interval: 60, slave: 2}\n",
    ],
    "keeps line ends of Windows": [
      "  - name: A\r\n    address: 1\r\n  - name: B\r\n    address: 2\r\n",
      { A: 60 },
      "  - name: A\r\n    address: 1\r\n    scan_interval: 60\r\n  - name: B\r\n    address: 2\r\n",
    ],
    "leaves those that share it through an alias": [
      "  - {name: A, address: 1, scan_interval: &f 10}\n  - {name: B, address: 2, scan_interval: *f}\n",
      { A: 60 },
      "  - {name: A, address: 1, scan_interval: &f 60}\n  - {name: B, address: 2, scan_interval: 10}\n",
    ],
    "takes the place of an alias": [
      "  - {name: A, address: 1, scan_interval: &f 10}\n  - {name: B, address: 2, scan_interval: *f}\n",
      { B: 60 },
      "  - {name: A, address: 1, scan_interval: &f 10}\n  - {name: B, address: 2, scan_interval: 60}\n",
    ],
    "leaves those that share it through a merge": [
      "  - &b\n    name: A\n    address: 1\n    scan_interval: 10\n  - <<: *b\n    name: B\n    address: 2\n",
      { A: 60 },
      "  - &b\n    name: A\n    address: 1\n    scan_interval: 60\n  - <<: *b\n    name: B\n    address: 2\n    scan_interval: 10\n",
    ],
    "is not touched when it is what is wanted": [
      "  - {name: A, address: 1, scan_interval: 0x3C}\n",
      { A: 60 },
      "  - {name: A, address: 1, scan_interval: 0x3C}\n",
    ],
  };
  it.each(Object.entries(cases))("%s", async (_name, [before, wanted, after]) => {
    expect(await patched(head + before, wanted)).toBe(head + after);
  });

  it("is changed in the file where it stands, behind a byte order mark too", async () => {
    const files = configurationFiles({
      [main]: "\uFEFFmodbus: !include m.yaml\n",
      "m.yaml": `\uFEFF${head.slice(8)}  - {name: A, address: 1}\n`,
    });
    const { files: changed } = await patchIntervals(files, main, () => 30);
    expect(changed.map(({ file, after }) => [file, after])).toEqual([
      ["m.yaml", `\uFEFF${head.slice(8)}  - {name: A, address: 1, scan_interval: 30}\n`],
    ]);
  });

  it("of two entities that are one text is refused", async () => {
    const files = configurationFiles({ [main]: `${head}  - &a {name: A, address: 1}\n  - *a\n` });
    const { files: changed, refused } = await patchIntervals(files, main, () => 30);
    expect([changed, refused.length]).toEqual([[], 2]);
  });
});

describe("configurations of real people", () => {
  const folder = join(sharedData, "modbus-yaml");
  const isInterval = (line: string): boolean => /^[\s-]*scan_interval:\s*\d+\s*(#.*)?$/.test(line);

  it.skipIf(!hasSharedData)(`are the same but for the lines of intervals (${withoutSharedData})`, async () => {
    const scratch = mkdtempSync(join(tmpdir(), "cadence-patch-"));
    const files = Object.fromEntries(
      readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]),
    );
    const wanted = ({ interval, line }: YamlEntity): number => interval + 1 + (line % 7);
    let edited = 0;
    for (const name of Object.keys(files)) {
      const before = await readConfiguration(configurationFiles(files), name);
      const patch = await patchIntervals(configurationFiles(files), name, wanted);
      expect(patch.refused).toEqual([]);
      const changed = { ...files, ...Object.fromEntries(patch.files.map(({ file, after }) => [file, after])) };
      const after = await readConfiguration(configurationFiles(changed), name);
      const intervals = before.hubs.flatMap(({ entities }) => entities.map((each) => wanted(each)));
      expect(after.hubs.flatMap(({ entities }) => entities.map(({ interval }) => interval))).toEqual(intervals);
      for (const each of patch.files) {
        edited += 1;
        const kept = (text: string): string[] => text.split("\n").filter((line) => !isInterval(line));
        expect(kept(each.after)).toEqual(kept(each.before));
        // The difference is one that patch understands.
        writeFileSync(join(scratch, each.file), each.before.replaceAll("\r\n", "\n"));
        execFileSync("git", ["apply", "--unsafe-paths", "-p1", `--directory=${scratch}`], {
          cwd: scratch,
          input: `${unifiedDiff(each).join("\n")}\n`,
        });
        expect(readFileSync(join(scratch, each.file), "utf8")).toBe(each.after.replaceAll("\r\n", "\n"));
      }
    }
    rmSync(scratch, { recursive: true });
    expect(edited).toBeGreaterThan(15);
  });
});
