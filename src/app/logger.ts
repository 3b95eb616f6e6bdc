import { type DestinationStream, type Logger as Pino, pino } from "pino";
import type { LogFields, Logger } from "#core/logger.ts";
import { redact, redactText } from "#core/redact.ts";

export interface LoggerOptions {
  readonly level: "debug" | "info" | "warn" | "error";
  /** Lines for people instead of JSON. */
  readonly plain: boolean;
  /** Receives finished lines; standard error unless a test says otherwise. */
  readonly write: (line: string) => void;
}

/** pino behind core's Logger. Every text and field is redacted here, whatever the rooms pass. */
export function createLogger(options: LoggerOptions): Logger {
  const destination: DestinationStream = {
    write: (line) => options.write(options.plain ? plainLine(line) : line),
  };
  const root = pino({ level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  return wrap(root);
}

function wrap(inner: Pino): Logger {
  const at =
    (level: "debug" | "info" | "warn" | "error") =>
    (message: string, fields: LogFields = {}): void => {
      if (inner.isLevelEnabled(level)) inner[level](redact(fields) as object, redactText(message));
    };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (room) => wrap(inner.child({ room })),
  };
}

const levelWords: Readonly<Record<number, string>> = { 20: "debug", 30: "", 40: "warning: ", 50: "error: " };
const frame: ReadonlySet<string> = new Set(["level", "time", "room", "msg"]);

/** `12:03:44 bridge  Connected to Home Assistant 2026.11.0 (entities 44)` */
function plainLine(line: string): string {
  const entry = JSON.parse(line) as Record<string, unknown> & {
    level: number;
    time: string;
    room?: string;
    msg: string;
  };
  const facts = Object.entries(entry)
    .filter(([name, value]) => !frame.has(name) && value !== undefined)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`);
  const suffix = facts.length === 0 ? "" : ` (${facts.join(", ")})`;
  const room = (entry.room ?? "app").padEnd(8);
  return `${entry.time.slice(11, 19)} ${room} ${levelWords[entry.level] ?? ""}${entry.msg}${suffix}\n`;
}
