import type { Command } from "./command.ts";
import { optionsCommand } from "./options.ts";

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [optionsCommand];
