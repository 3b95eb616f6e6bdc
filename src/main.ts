import { enableCompileCache } from "node:module";
import { join } from "node:path";

/**
 * Stripping the types of every file takes longer than all the rest of a start, and thirty megabytes that are never given back: what Node made of the files is kept beside
 * what npm installed. Where that cannot be written, everything goes on without. Imports that come before this would not be kept.
 */
enableCompileCache(join(import.meta.dirname, "..", "node_modules", ".cache", "modbus-cadence"));
const { commands } = await import("#cli/commands.ts");
const { runCommandLine } = await import("#cli/cli.ts");

const stop = new AbortController();

/** The first signal asks for an orderly end, the second ends at once: nobody waits for a program that hangs. */
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(1);
    stop.abort();
  });
}
/** A reader that went away (`| head`) is no failure of ours. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2), commands, stop.signal);
