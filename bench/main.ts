/** `npm run bench -- storage`: which benchmark, and its options. */
import { runStorageBench } from "./storage/run.ts";

const [name, ...rest] = process.argv.slice(2);
if (name === "storage") {
  await runStorageBench(rest);
} else {
  process.stderr.write(
    `Usage: npm run bench -- storage [--size S|M|L] [--only NAME,…] [--recordings FOLDER] [--samples N]\n`,
  );
  process.exitCode = 2;
}
