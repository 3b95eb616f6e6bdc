import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commands } from "#cli/commands.ts";
import { ErrorCode } from "#core/errors.ts";
import { runCadence } from "../support/daemon.ts";

const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "cli.md"), "utf8");
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.split("\n")[0] as string, section]),
);

describe("docs/cli.md", () => {
  it("has a section for every command, and for nothing else", () => {
    expect([...sections.keys()]).toEqual(
      commands.map(({ name, operands }) => (operands === undefined ? name : `${name} ${operands}`)),
    );
  });

  it.each(commands.map((command) => [command.name, command] as const))(
    "names every flag of %s, and no other",
    (_name, { name, operands, flags }) => {
      const section = sections.get(operands === undefined ? name : `${name} ${operands}`) ?? "";
      const documented = [...section.matchAll(/^\| `--([a-z-]+)/gm)].map(([, flag]) => flag);
      expect(documented.toSorted()).toEqual(Object.keys(flags).toSorted());
    },
  );
});

describe("help", () => {
  it("lists every command, and ends with 0", async () => {
    const { code, stdout } = await runCadence(["--help"]);
    expect(code).toBe(0);
    const width = Math.max(...commands.map(({ name }) => name.length));
    for (const { name, summary } of commands) expect(stdout).toContain(`${name.padEnd(width)}  ${summary}`);
  });

  it("of a command lists its flags, whatever else is on the line", async () => {
    const { code, stdout } = await runCadence(["store", "export", "--nonsense", "--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/--to DIR +Folder to write to/);
  });

  it("comes with 2 when nothing is asked for", async () => {
    expect((await runCadence([])).code).toBe(2);
  });
});

describe("options", () => {
  it("are printed as the page and the schema that stand in the repository", async () => {
    const root = join(import.meta.dirname, "..", "..");
    const [generated, schema] = await Promise.all([
      runCadence(["options", "--page"]),
      runCadence(["options", "--schema"]),
    ]);
    expect(generated.stdout).toBe(readFileSync(join(root, "docs", "options.md"), "utf8"));
    const sensors = await runCadence(["sensors", "--page"]);
    expect(sensors.stdout).toBe(readFileSync(join(root, "docs", "sensors.md"), "utf8"));
    expect(schema.stdout).toBe(readFileSync(join(root, "config", "options.schema.json"), "utf8"));
  });
});

it("every code of an error is a name that a program can rely on", () => {
  for (const code of Object.keys(ErrorCode)) expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
});
