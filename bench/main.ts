/** `npm run bench -- storage` `-- import`, `-- ingest`, `-- fleet`, `-- panel`, `-- pipeline` or `-- scale`: which benchmark, and its options. */
import { chapterNames, writeBenchBook } from "./book.ts";
import { runFleetBench } from "./fleet/run.ts";
import { runImportBench } from "./import/run.ts";
import { runIngestBench } from "./ingest/run.ts";
import { runPanelBench } from "./panel/run.ts";
import { runPipelineBench } from "./pipeline/run.ts";
import { runScaleBench } from "./scale/run.ts";
import { runStorageBench } from "./storage/run.ts";

const [name, ...rest] = process.argv.slice(2);
if (name === "storage") {
  await runStorageBench(rest);
} else if (name === "import") {
  runImportBench(rest);
} else if (name === "ingest") {
  await runIngestBench(rest);
} else if (name === "pipeline") {
  runPipelineBench(rest);
} else if (name === "fleet") {
  await runFleetBench(rest);
} else if (name === "panel") {
  await runPanelBench(rest);
} else if (name === "scale") {
  await runScaleBench(rest);
} else if (name === undefined || (name === "book" && chapterNames.includes(rest[0] ?? ""))) {
  await writeBenchBook(rest[0]);
} else {
  process.stderr.write(
    `Usage: npm run bench                     all of them, into docs/benchmarks.md\n` +
      `       npm run bench -- book NAME         one chapter of it anew\n` +
      `       npm run bench -- storage [--size S|M|L] [--only NAME,…] [--recordings FOLDER] [--samples N]\n` +
      `       npm run bench -- import [--rows N]\n` +
      `       npm run bench -- ingest [--states N]\n` +
      `       npm run bench -- fleet [--samples N] [--url postgres://…]\n` +
      `       npm run bench -- panel [--entities N]\n` +
      `       npm run bench -- pipeline [--samples N] [--entities N]\n` +
      `       npm run bench -- scale [--rows 50x365,200x30,…] [--seconds-a-read S] [--live 2m] [--entities N] [--buses N] [--changes N]\n`,
  );
  process.exitCode = 2;
}
