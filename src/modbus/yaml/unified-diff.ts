import type { FilePatch } from "./patch-intervals.ts";

const context = 3;

interface Line {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

/** A difference as `diff -u` prints it, for texts in which single lines were replaced or added, as intervals are. Line ends are not shown. */
export function unifiedDiff({ file, before, after }: FilePatch): string[] {
  const lines = compare(splitLines(before), splitLines(after));
  const changed = lines.flatMap(({ sign }, index) => (sign === " " ? [] : [index]));
  const result = [`--- a/${file}`, `+++ b/${file}`];
  for (let next = 0; next < changed.length;) {
    const from = Math.max(0, (changed[next] as number) - context);
    let to = (changed[next] as number) + context + 1;
    for (; next < changed.length && (changed[next] as number) < to + context; next += 1) {
      to = (changed[next] as number) + context + 1;
    }
    const hunk = lines.slice(from, to);
    const earlier = lines.slice(0, from);
    const range = (sign: "-" | "+"): string => {
      const count = (part: readonly Line[]): number =>
        part.filter((line) => line.sign === " " || line.sign === sign).length;
      return `${sign}${count(earlier) + 1},${count(hunk)}`;
    };
    result.push(`@@ ${range("-")} ${range("+")} @@`, ...hunk.map(({ sign, text }) => `${sign}${text}`));
  }
  return result;
}

function splitLines(text: string): string[] {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

/** Unchanged lines are found again within the next few. */
function compare(before: readonly string[], after: readonly string[]): Line[] {
  const lines: Line[] = [];
  let old = 0;
  for (const [index, text] of after.entries()) {
    if (before[old] === text) {
      lines.push({ sign: " ", text });
      old += 1;
      continue;
    }
    // An added line: what stood here before comes next.
    const isAdded = before[old] === after[index + 1];
    if (!isAdded && old < before.length) lines.push({ sign: "-", text: before[old++] as string });
    lines.push({ sign: "+", text });
  }
  for (; old < before.length; old += 1) lines.push({ sign: "-", text: before[old] as string });
  return lines;
}
