import { spawnSync } from "node:child_process";

/** `npm run test:home-assistant`, with `-- --long` the half hour as well; everything else goes to vitest. */
const words = process.argv.slice(2);
const long = words.includes("--long");
const { status } = spawnSync(
  "vitest",
  ["run", "--config", "test/home-assistant/vitest.config.ts", ...words.filter((word) => word !== "--long")],
  { stdio: "inherit", env: { ...process.env, ...(long ? { CADENCE_LONG: "1" } : {}) } },
);
process.exit(status ?? 1);
