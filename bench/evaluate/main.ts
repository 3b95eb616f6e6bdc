/** `npm run evaluate`: what the analysis finds in real recordings beside what is true of them. Ends with 1 when something differs, with 2 when no recording is there. */
import { compareAll, type Row } from "./compare.ts";

const rows = await compareAll((line) => process.stderr.write(`${line}\n`));
const width = (of: (row: Row) => string): number => Math.max(...rows.map((row) => of(row).length));
const [first, second, third] = [width((row) => row.recording), width((row) => row.truth), width((row) => row.known)];
for (const row of rows) {
  const mark = row.holds === undefined ? "·" : row.holds ? "✓" : "✗";
  process.stdout.write(
    `${mark} ${row.recording.padEnd(first)}  ${row.truth.padEnd(second)}  ${row.known.padEnd(third)}  ${row.found}\n`,
  );
}
const judged = rows.filter(({ holds }) => holds !== undefined);
const missed = judged.filter(({ holds }) => holds === false).length;
process.stdout.write(
  `${judged.length - missed} of ${judged.length} hold; rows with · are figures of which nothing is demanded.\n`,
);
process.exitCode = judged.length === 0 ? 2 : missed > 0 ? 1 : 0;
