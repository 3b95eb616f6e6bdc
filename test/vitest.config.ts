import { defineConfig, type ViteUserConfigExport } from "vitest/config";

/** The tests of `npm test`: everything that needs no Home Assistant, broker or browser beside it. */
const config: ViteUserConfigExport = defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["test/**/*.test.ts"],
    exclude: ["test/home-assistant/**"],
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});

export default config;
