/** How the image starts Node: see docs/decisions/node-options.md. `BENCH_NODE_OPTIONS` tries others. */
export const nodeOptions: readonly string[] = (process.env["BENCH_NODE_OPTIONS"] ?? "--optimize-for-size").split(" ");
export const environment: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: "1",
  MALLOC_MMAP_THRESHOLD_: "65536",
  MALLOC_TRIM_THRESHOLD_: "131072",
};
