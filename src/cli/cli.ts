import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { CadenceError, toCadenceError } from "#core/errors.ts";
import { redactText } from "#core/redact.ts";
import type { Command, Flag } from "./command.ts";
import { ExitCode, exitCodeOf } from "./exit-code.ts";
import { createOutput } from "./output.ts";

const common: Readonly<Record<string, Flag>> = {
  json: { type: "boolean", text: "One JSON document on stdout, everything else on stderr" },
  help: { type: "boolean", text: "This text" },
};

/** Runs the command that `argv` names. Never throws: every failure becomes one sentence on stderr and an exit code. */
export async function runCommandLine(
  argv: readonly string[],
  commands: readonly Command[],
  signal: AbortSignal,
): Promise<ExitCode> {
  const json = argv.includes("--json");
  const out = createOutput(json);
  try {
    if (argv.length === 0 || argv[0] === "--help" || argv[0] === "help") {
      out.raw(overviewHelp(commands));
      return argv.length === 0 ? ExitCode.wrongUse : ExitCode.done;
    }
    const command = findCommand(argv, commands);
    const words = command.name.split(" ").length;
    if (argv.includes("--help")) {
      out.raw(commandHelp(command));
      return ExitCode.done;
    }
    const { values, positionals } = parse(command, argv.slice(words));
    return await command.run({ flags: values, positionals, out, signal });
  } catch (error) {
    out.progress("");
    const failure = toCadenceError(error);
    if (json)
      out.document({ error: { code: failure.code, message: redactText(failure.message), remedy: failure.remedy } });
    out.note(redactText(failure.sentence));
    if (failure.code === "INTERNAL") out.note(redactText(String((error as Error).stack ?? error)));
    return exitCodeOf(failure);
  }
}

function findCommand(argv: readonly string[], commands: readonly Command[]): Command {
  const two = argv.slice(0, 2).join(" ");
  const found = commands.find(({ name }) => name === two) ?? commands.find(({ name }) => name === argv[0]);
  if (found !== undefined) return found;
  const group = commands.filter(({ name }) => name.startsWith(`${argv[0]} `)).map(({ name }) => name);
  if (group.length > 0) {
    throw new CadenceError("USAGE", `“${two}” is not a command.`, { remedy: `There are: ${group.join(", ")}.` });
  }
  throw new CadenceError("USAGE", `“${argv[0]}” is not a command.`, {
    remedy: `There are: ${commands.map(({ name }) => name).join(", ")}.`,
  });
}

function parse(
  command: Command,
  argv: readonly string[],
): { values: Record<string, string | boolean | string[] | undefined>; positionals: string[] } {
  const flags = { ...command.flags, ...common };
  const options: ParseArgsOptionsConfig = Object.fromEntries(
    Object.entries(flags).map(([name, { type, multiple }]) => [name, { type, multiple: multiple ?? false }]),
  );
  let parsed;
  try {
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (cause) {
    const unknown = /Unknown option '([^']+)'/.exec((cause as Error).message)?.[1];
    const fact =
      unknown === undefined
        ? (cause as Error).message.split(". ")[0]
        : `${unknown} is not an option of ${command.name}`;
    throw new CadenceError("USAGE", `${fact}.`, {
      remedy: `See: npm run --silent cadence -- ${command.name} --help`,
      cause,
    });
  }
  const { minimum, maximum } = command.operandCount ?? { minimum: 0, maximum: 0 };
  const count = parsed.positionals.length;
  if (count < minimum || count > maximum) {
    const what =
      count < minimum
        ? `${command.name} needs ${command.operands ?? "more"}`
        : `“${parsed.positionals[maximum]}” is one word too many for ${command.name}`;
    throw new CadenceError("USAGE", `${what}.`, { remedy: `See: npm run --silent cadence -- ${command.name} --help` });
  }
  return {
    values: parsed.values as Record<string, string | boolean | string[] | undefined>,
    positionals: parsed.positionals,
  };
}

function overviewHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    "Modbus Cadence: works out how often each Modbus register is worth reading.",
    "",
    "npm run --silent cadence -- COMMAND [--json] [--help]",
    "",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "Exit codes: 0 done, 1 failed, 2 wrong use, 3 the check found faults.",
    "",
  ].join("\n");
}

function commandHelp(command: Command): string {
  const flags = Object.entries({ ...command.flags, ...common }).map(([name, flag]) => ({
    name: `--${name}${flag.value === undefined ? "" : ` ${flag.value}`}`,
    text: flag.text,
  }));
  const width = Math.max(...flags.map(({ name }) => name.length));
  return [
    `${command.name}${command.operands === undefined ? "" : ` ${command.operands}`}`,
    "",
    command.summary,
    "",
    ...flags.map(({ name, text }) => `  ${name.padEnd(width)}  ${text}`),
    "",
  ].join("\n");
}
