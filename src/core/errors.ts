/**
 * Every failure a user or an operator can meet, by a stable code. Codes never change their meaning; messages may improve.
 * The value is the sentence that docs and `--json` show beside the code.
 */
export const ErrorCode = {
  USAGE: "The command line is wrong",
  OPTIONS_INVALID: "One or more options are not valid",
  HASS_NOT_CONFIGURED: "No Home Assistant address or token is configured",
  HASS_UNREACHABLE: "Home Assistant cannot be reached",
  HASS_AUTH_INVALID: "Home Assistant refused the token",
  HASS_NOT_READY: "Home Assistant has not started yet",
  HASS_CONNECTION_LOST: "The connection to Home Assistant was lost",
  HASS_COMMAND_FAILED: "Home Assistant refused a command",
  HASS_COMMAND_TIMEOUT: "Home Assistant did not answer a command in time",
  STORE_LOCKED: "The store is in use by another process",
  STORE_NOT_FOUND: "There is no store in this folder",
  STORE_NOT_WRITABLE: "The store's folder cannot be written",
  STORE_NEWER_FORMAT: "The store was written by a newer version",
  STORE_CORRUPT: "Stored bytes are damaged",
  STORE_FULL: "The disk is full",
  STORE_IO: "Reading or writing the store failed",
  STORE_CLOSED: "The store is closed",
  STORE_KEY_INVALID: "A key is not valid",
  STORE_VALUE_INVALID: "A value cannot be stored",
  STORE_CONFLICT: "A record was changed by somebody else meanwhile",
  STORE_EXPORT_EXISTS: "The folder to export to is not empty",
  STORE_KEY_WRONG: "Stored values were encrypted with another key",
  CODEC_UNKNOWN: "Bytes were written by an unknown codec",
  SOURCE_NOT_FOUND: "A file to read does not exist",
  SOURCE_UNREADABLE: "A file cannot be read as what it should be",
  CONFIGURATION_CHANGED: "Home Assistant's configuration was changed meanwhile",
  CONFIGURATION_NOT_WRITABLE: "Home Assistant's configuration cannot be written",
  QUEUE_FULL: "A bounded queue is full",
  TIMED_OUT: "A step took longer than it may",
  ABORTED: "The work was stopped before its end",
  PORT_IN_USE: "The address of the panel is in use",
  PUBLISH_FAILED: "A sensor could not be published",
  INTERNAL: "The program itself is at fault",
} as const;

export type ErrorCode = keyof typeof ErrorCode;

export interface CadenceErrorOptions {
  /** What the user can do about it: one sentence. */
  readonly remedy?: string;
  readonly cause?: unknown;
  /** Facts for the log and for `--json`; never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The only error class that leaves a room: a stable code, a fact, a remedy, and the cause kept. */
export class CadenceError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: CadenceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "CadenceError";
    this.code = code;
    this.remedy = options.remedy;
    this.details = options.details ?? {};
  }

  /** The fact and the remedy as one line for people. */
  get sentence(): string {
    return this.remedy === undefined ? this.message : `${this.message} ${this.remedy}`;
  }
}

/** True when `error` is ours, and of one of `codes` if any are given. */
export function isCadenceError(error: unknown, ...codes: readonly ErrorCode[]): error is CadenceError {
  return error instanceof CadenceError && (codes.length === 0 || codes.includes(error.code));
}

const transient: ReadonlySet<ErrorCode> = new Set([
  "HASS_UNREACHABLE",
  "HASS_NOT_READY",
  "HASS_CONNECTION_LOST",
  "HASS_COMMAND_TIMEOUT",
  "STORE_FULL",
  "QUEUE_FULL",
  "TIMED_OUT",
]);

/** True when the same call may succeed later without anybody changing anything but the circumstances. */
export function isTransient(error: unknown): boolean {
  return error instanceof CadenceError && transient.has(error.code);
}

/** True when stored bytes do not say what was written. Details then hold `file` and `offset`. */
export function isCorruption(error: unknown): error is CadenceError {
  return isCadenceError(error, "STORE_CORRUPT");
}

/** Turns whatever was thrown into a CadenceError, without losing it. */
export function toCadenceError(error: unknown, code: ErrorCode = "INTERNAL"): CadenceError {
  if (error instanceof CadenceError) return error;
  return new CadenceError(code, error instanceof Error ? error.message : String(error), { cause: error });
}
