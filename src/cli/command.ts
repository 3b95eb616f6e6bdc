import { CadenceError } from "#core/errors.ts";
import type { Output } from "./output.ts";
import type { ExitCode } from "./exit-code.ts";

/** One flag of a command. */
export interface Flag {
  readonly type: "string" | "boolean";
  /** `DIR`, `30s`: what stands behind it in the help. */
  readonly value?: string;
  readonly multiple?: boolean;
  readonly text: string;
}

export type FlagValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

export interface CommandContext {
  readonly flags: FlagValues;
  readonly positionals: readonly string[];
  readonly out: Output;
  /** Aborted by Ctrl-C or SIGTERM; a second Ctrl-C ends the process at once. */
  readonly signal: AbortSignal;
}

/** One command of the command line: one file each. */
export interface Command {
  /** `report`, `store info`. */
  readonly name: string;
  readonly summary: string;
  /** What stands behind the name in the usage line. */
  readonly operands?: string;
  /** How many positionals it takes. */
  readonly operandCount?: { readonly minimum: number; readonly maximum: number };
  readonly flags: Readonly<Record<string, Flag>>;
  run(context: CommandContext): Promise<ExitCode>;
}

/** A flag that must be text when it is there. */
export function textFlag(flags: FlagValues, name: string): string | undefined {
  const value = flags[name];
  return typeof value === "string" ? value : undefined;
}

/** A number within the limits; undefined when absent. Throws USAGE. */
export function numberFlag(
  flags: FlagValues,
  name: string,
  { least, most }: { readonly least: number; readonly most: number },
): number | undefined {
  const text = textFlag(flags, name);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() !== "" && number >= least && number <= most) return number;
  throw new CadenceError("USAGE", `--${name} must be a number from ${least} to ${most}, got “${text}”.`);
}

/** `a,b` and repeated flags alike as one list; empty when absent. */
export function listFlag(flags: FlagValues, name: string): readonly string[] {
  const value = flags[name];
  const texts = value === undefined || typeof value === "boolean" ? [] : typeof value === "string" ? [value] : value;
  return texts.flatMap((text) => text.split(",")).filter((text) => text !== "");
}

export const storeFlag: Flag = {
  type: "string",
  value: "DIR",
  text: "Folder of the store (default: the option store_directory)",
};

/** ms since 1970 from what stands behind a flag. Throws USAGE. */
export function readTime(flag: string, text: string): number {
  const time = /^-?\d+$/.test(text) && text.length > 4 ? Number(text) : Date.parse(text);
  if (Number.isFinite(time)) return time;
  throw new CadenceError("USAGE", `--${flag} must be a time, got “${text}”.`, {
    remedy: "Write 2026-11-20, 2026-11-20T03:00:00Z, or milliseconds since 1970.",
  });
}
