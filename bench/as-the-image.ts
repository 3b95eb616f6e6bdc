/** How the image starts Node: see docs/decisions/node-options.md. `BENCH_NODE_OPTIONS` and `BENCH_ENVIRONMENT` (`NAME=value NAME=value`) try others. */
export const nodeOptions: readonly string[] = (
  process.env["BENCH_NODE_OPTIONS"] ?? "--optimize-for-size --concurrent-turbofan-max-threads=1"
).split(" ");

const settings =
  process.env["BENCH_ENVIRONMENT"] ?? "MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=65536 MALLOC_TRIM_THRESHOLD_=131072";

export const environment: Readonly<Record<string, string>> = Object.fromEntries(
  settings
    .split(" ")
    .filter((setting) => setting !== "")
    .map((setting) => setting.split("=", 2) as [string, string]),
);
