/** A source file with its comments blanked, and once more with the contents of its strings blanked too. */
export interface SourceText {
  readonly code: string;
  readonly words: string;
}

const blank = (part: string): string => part.replace(/[^\n]/g, " ");

const beforeRegex = /(?:^|[(,=:[!&|?{};\n]|\breturn|=>)\s*$/;

/**
 * A scan, not a parser: comments and string contents become spaces (line ends stay). Single and double quotes end at the
 * line's end, so that a quote in an unrecognised place spoils one line at most.
 */
export function scanSource(text: string): SourceText {
  let code = "";
  let words = "";
  let index = 0;
  const take = (length: number, keep: "both" | "code" | "none"): void => {
    const part = text.slice(index, index + length);
    code += keep === "none" ? blank(part) : part;
    words += keep === "both" ? part : blank(part);
    index += length;
  };
  const until = (pattern: RegExp): number => {
    pattern.lastIndex = index + 1;
    const match = pattern.exec(text);
    return match === null ? text.length - index : match.index + match[0].length - index;
  };
  const templates: number[] = [];
  while (index < text.length) {
    const rest = text.slice(index, index + 2);
    const letter = text[index] ?? "";
    if (rest === "//") take(until(/(?=\n)/g), "none");
    else if (rest === "/*") take(until(/\*\//g), "none");
    else if (letter === "/" && beforeRegex.test(words.slice(-40))) take(until(/(?<!\\)(?:\\\\)*\/|\n/g), "code");
    else if (letter === '"' || letter === "'")
      take(until(letter === '"' ? /(?<!\\)(?:\\\\)*"|\n/g : /(?<!\\)(?:\\\\)*'|\n/g), "code");
    else if (letter === "`" || (letter === "}" && templates.at(-1) === 0)) {
      if (letter === "}") templates.pop();
      const length = until(/(?<!\\)(?:\\\\)*(?:`|\$\{)/g);
      if (text.slice(index, index + length).endsWith("${")) templates.push(0);
      take(length, "code");
    } else {
      const depth = templates.length - 1;
      if (letter === "{" && depth >= 0) templates[depth] = (templates[depth] ?? 0) + 1;
      if (letter === "}" && depth >= 0) templates[depth] = (templates[depth] ?? 0) - 1;
      take(1, "both");
    }
  }
  return { code, words };
}

export interface ImportOf {
  readonly specifier: string;
  readonly line: number;
  /** `import("…")`: loaded on demand. */
  readonly dynamic: boolean;
  /** Gone when the program runs. */
  readonly typeOnly: boolean;
}

const importPattern =
  /(?:^|[\n;])\s*(?:import|export)\s+(type\s+)?(?:[\w*\s{},$]+?\s+from\s+)?["']([^"'\n]+)["']|\bimport\s*\(\s*["']([^"'\n]+)["']\s*\)/g;

/** Every module that a source file names, `import type` included. `code` has its comments blanked. */
export function importsOf(code: string): ImportOf[] {
  return [...code.matchAll(importPattern)].map((match) => ({
    specifier: (match[2] ?? match[3]) as string,
    line: code.slice(0, match.index + match[0].length).split("\n").length,
    dynamic: match[3] !== undefined,
    typeOnly: match[1] !== undefined,
  }));
}
