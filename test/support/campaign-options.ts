import { parseArgs, type ParseArgsConfig } from "node:util";

type Options = NonNullable<ParseArgsConfig["options"]>;
type Parsed<Given extends Options> = ReturnType<
  typeof parseArgs<{ readonly options: Given; readonly allowPositionals: true }>
>;

/** What a campaign was asked for. `--help` tells how it is asked, and ends it; what cannot be understood does so with exit code 2. */
export function campaignOptions<Given extends Options>(usage: string, options: Given): Parsed<Given> {
  if (process.argv.slice(2).some((word) => word === "--help" || word === "-h")) {
    process.stdout.write(`Usage: ${usage}\n`);
    process.exit(0);
  }
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    return wrongly(usage, (error as Error).message);
  }
}

/** Says what is wrong and how it is asked for, and ends. */
export function wrongly(usage: string, what: string): never {
  process.stderr.write(`${what}\nUsage: ${usage}\n`);
  process.exit(2);
}
