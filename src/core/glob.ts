/** Entity globs: `*` any run of characters, `?` one character; everything else is itself. */
export type Glob = string;

/** A test whether a text matches at least one of `globs`; no globs match nothing. */
export function matchesAny(globs: readonly Glob[]): (text: string) => boolean {
  if (globs.length === 0) return () => false;
  const pattern = new RegExp(`^(?:${globs.map(toPattern).join("|")})$`, "u");
  return (text) => pattern.test(text);
}

function toPattern(glob: Glob): string {
  return glob
    .replace(/[\\^$.|+()[\]{}/]/g, String.raw`\$&`)
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
}
