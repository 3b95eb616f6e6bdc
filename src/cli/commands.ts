import type { Command } from "./command.ts";
import { demoCommand } from "./demo.ts";
import { optionsCommand } from "./options.ts";
import { runCommand } from "./run.ts";

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [runCommand, demoCommand, optionsCommand];
