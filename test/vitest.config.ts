import { defineConfig, type ViteUserConfigExport } from "vitest/config";

/** The tests of `npm test`: everything that needs no Home Assistant, broker or browser beside it. */
const config: ViteUserConfigExport = defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["test/**/*.test.ts"],
    exclude: ["test/home-assistant/**"],
    setupFiles: ["test/support/seed.ts"],
    // Several tests wait for another process: all cores have something to do.
    maxWorkers: "100%",
    testTimeout: 20_000,
    hookTimeout: 20_000,
    ...reporters(),
  },
});

/** CI counts the tests of several runs; it names a file for the figures. */
function reporters(): { reporters: string[]; outputFile?: { json: string } } {
  const file = process.env["VITEST_JSON"];
  return file === undefined
    ? { reporters: ["default"] }
    : { reporters: ["default", "json"], outputFile: { json: file } };
}

export default config;
