/** Facts beside a log line. Never a secret: the writer redacts known names, but do not rely on it. */
export type LogFields = Readonly<Record<string, unknown>>;

/** What a room needs of a logger; app/logger.ts puts pino behind it. The message is a plain sentence. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same logger with a room's name on every line. */
  child(room: string): Logger;
}

const nothing = (): void => undefined;

/** Says nothing; for tests and for commands whose output is their result. */
export const silentLogger: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silentLogger,
};
