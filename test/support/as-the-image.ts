import { readFileSync } from "node:fs";
import { join } from "node:path";

/** How the image starts Node, as its Dockerfile says: see docs/decisions/node-options.md. `BENCH_NODE_OPTIONS` and `BENCH_ENVIRONMENT` (`NAME=value NAME=value`) try others. */
const dockerfile = readFileSync(join(import.meta.dirname, "..", "..", "Dockerfile"), "utf8");

const command = JSON.parse(/^CMD (\[.+\])$/m.exec(dockerfile)?.[1] ?? "") as readonly string[];

export const nodeOptions: readonly string[] =
  process.env["BENCH_NODE_OPTIONS"]?.split(" ") ?? command.filter((part) => part.startsWith("--"));

const settings =
  process.env["BENCH_ENVIRONMENT"]?.split(" ").filter((setting) => setting !== "") ??
  dockerfile.match(/\bMALLOC_\w+=\S+/g) ??
  [];

/** What it says to the allocator of the C library. */
export const environment: Readonly<Record<string, string>> = Object.fromEntries(
  settings.map((setting) => setting.split("=", 2) as [string, string]),
);
