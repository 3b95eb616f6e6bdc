/** `npm run evaluate`, and `npm run evaluate -- plan` for the policies of reading: what the analysis finds in real recordings beside what is true of them. Ends with 1 when something differs, with 2 when no recording is there. */
import { compareAll, type Row } from "./compare.ts";
import { evaluatePlans, planLines } from "./plan.ts";

const tell = (line: string): void => void process.stderr.write(`${line}\n`);
if (process.argv[2] === "plan") {
  const cases = await evaluatePlans(tell);
  for (const line of planLines(cases)) process.stdout.write(`${line}\n`);
  process.exit(cases.length === 0 ? 2 : 0);
}
const rows = await compareAll(tell);
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
