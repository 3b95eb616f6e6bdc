import { campaignOptions, wrongly } from "./support/campaign-options.ts";
import { legacyRound } from "./support/legacy-round.ts";

/** `npm run fuzz -- legacy --rounds 2000 [--seed N]`: the damaged folders of the tests, as many as one likes. A seed that fails repeats its round. */
const usage = "npm run fuzz -- legacy [--rounds N] [--seed N]";
const { values, positionals } = campaignOptions(usage, {
  rounds: { type: "string", default: "2000" },
  seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
});
const rounds = Number(values.rounds);
const first = Number(values.seed);
if (positionals.join() !== "legacy" || !Number.isSafeInteger(rounds) || rounds < 1 || !Number.isSafeInteger(first))
  wrongly(usage, "legacy is what there is; --rounds and --seed must be whole numbers.");
process.stderr.write(`Seeds ${first} to ${first + rounds - 1}\n`);
let whole = 0;
let damages = 0;
let failed = 0;
for (let seed = first; seed < first + rounds; seed += 1) {
  try {
    const round = await legacyRound(seed);
    whole += round.whole;
    damages += round.damages.length;
  } catch (error) {
    failed += 1;
    process.stdout.write(`${(error as Error).message}\nRepeat it: npm run fuzz -- legacy --rounds 1 --seed ${seed}\n`);
  }
  if ((seed - first + 1) % 500 === 0) process.stderr.write(`${seed - first + 1} of ${rounds} rounds\n`);
}
process.stdout.write(
  `${rounds} folders, ${damages} damages, ${whole} untouched records looked for, ${failed} rounds failed.\n`,
);
process.exit(failed > 0 ? 1 : 0);
