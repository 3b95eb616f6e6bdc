import { campaignOptions, wrongly } from "./support/campaign-options.ts";
import { crashRound } from "./support/crash-round.ts";

/** `npm run crash -- --rounds 10000 [--seed N]`: the crash rounds of the tests, as many as one likes. A seed that fails repeats its round. */
const usage = "npm run crash -- [--rounds N] [--seed N]";
const { values } = campaignOptions(usage, {
  rounds: { type: "string", default: "10000" },
  seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
});
const rounds = Number(values.rounds);
const first = Number(values.seed);
if (!Number.isSafeInteger(rounds) || rounds < 1 || !Number.isSafeInteger(first))
  wrongly(usage, "--rounds and --seed must be whole numbers.");
process.stderr.write(`Seeds ${first} to ${first + rounds - 1}\n`);
let batches = 0;
let crashes = 0;
let failed = 0;
for (let seed = first; seed < first + rounds; seed += 1) {
  try {
    const round = await crashRound(seed);
    batches += round.batches;
    crashes += round.crashes;
  } catch (error) {
    failed += 1;
    process.stdout.write(`${(error as Error).message}\nRepeat it: npm run crash -- --rounds 1 --seed ${seed}\n`);
  }
  if ((seed - first + 1) % 1_000 === 0) process.stderr.write(`${seed - first + 1} of ${rounds} rounds\n`);
}
process.stdout.write(
  `${rounds} rounds, ${crashes} losses of power, ${batches} batches acknowledged, ${failed} rounds failed.\n`,
);
process.exit(failed > 0 ? 1 : 0);
