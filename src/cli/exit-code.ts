import { isCadenceError } from "#core/errors.ts";

/** Exit codes of every command; documented in docs/cli.md. */
export const ExitCode = { done: 0, failed: 1, wrongUse: 2, faultsFound: 3 } as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Wrong use is what the user can correct on the command line or in the options; everything else failed. */
export function exitCodeOf(error: unknown): ExitCode {
  return isCadenceError(error, "USAGE", "OPTIONS_INVALID", "HASS_NOT_CONFIGURED") ? ExitCode.wrongUse : ExitCode.failed;
}
