/** How the image starts Node: memory is worth more than a seventh of the speed. */
export const nodeOptions: readonly string[] = ["--max-semi-space-size=4", "--optimize-for-size"];
export const environment: Readonly<Record<string, string>> = { MALLOC_ARENA_MAX: "1" };
