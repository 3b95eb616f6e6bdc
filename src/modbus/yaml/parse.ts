import { type Document, LineCounter, parseDocument } from "yaml";
import type { Report } from "./tree.ts";

/** One file, with what is needed to find a line. */
export interface ParsedFile {
  readonly file: string;
  readonly text: string;
  readonly document: Document.Parsed;
  lineOf(offset: number): number;
}

/** A file with more faults is no configuration; each of them is a parse of the whole, so characters are bounded as well. */
const mostFaults = 100;
const mostCharacters = 2_000_000;

/** Home Assistant reads YAML 1.1: `on` is true, 010 is 8. Keys that come twice are looked for where maps are read. */
const options = { version: "1.1", merge: false, uniqueKeys: false, strict: false, logLevel: "silent" } as const;

/** A line that is no YAML is named and left out, and the rest is read. */
export function parseFile(file: string, text: string, report: Report): ParsedFile {
  // Blanked lines keep their length, so that every offset is that of the file.
  let readable = text;
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines.addNewLine(at + 1);
  const lineOf = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  let document = parse(readable);
  const most = Math.min(mostFaults, Math.ceil(mostCharacters / Math.max(1, text.length)));
  for (let faults = 0; document.errors.length > 0 && faults < most; faults += 1) {
    const [fault] = document.errors;
    if (fault === undefined) break;
    const at = Math.min(fault.pos[0], Math.max(0, text.length - 1));
    const from = readable.lastIndexOf("\n", at - 1) + 1;
    const end = readable.indexOf("\n", from);
    const to = end < 0 ? readable.length : end;
    const line = readable.slice(from, to);
    const blank = line.replace(/[^\r\t ]/g, " ");
    if (blank === line) break;
    const [what = ""] = fault.message.split(/ at line|\n/);
    report(
      { file, line: lineOf(from) },
      "yaml-syntax",
      `This line is no YAML (${what.replace(/[.:]$/, "")}), so Home Assistant refuses the whole file. It was left out here; correct or remove it.`,
    );
    readable = readable.slice(0, from) + blank + readable.slice(to);
    document = parse(readable);
  }
  return { file, text, document, lineOf };

  function parse(part: string): Document.Parsed {
    try {
      return parseDocument(part, options);
    } catch {
      // Nested so deep that the parser has no stack left.
      report({ file, line: 1 }, "too-deep", "This file is nested deeper than anybody writes, and was left out.");
      return parseDocument("", options);
    }
  }
}
