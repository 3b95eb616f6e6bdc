import { defineConfig, type ViteUserConfigExport } from "vitest/config";

const file = process.env["VITEST_JSON"];

/** The tests of `npm run test:home-assistant`: a real Home Assistant, a line whose log is the truth, a real broker. One after the other. */
const config: ViteUserConfigExport = defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/home-assistant/**/*.test.ts"],
    globalSetup: ["test/home-assistant/global-setup.ts"],
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 900_000,
    ...(file === undefined
      ? { reporters: ["verbose"] }
      : { reporters: ["verbose", "json"], outputFile: { json: file } }),
  },
});

export default config;
