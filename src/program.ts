import { commands } from "#cli/commands.ts";
import { runCommandLine } from "#cli/cli.ts";

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
