/** All benchmarks in one go, in sizes that end within half an hour: `npm run bench` prints them and writes docs/benchmarks.md; `npm run bench -- book scale` makes one chapter of it anew. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";

interface Chapter {
  readonly title: string;
  readonly says: string;
  readonly words: readonly string[];
}

const chapters: readonly Chapter[] = [
  {
    title: "Storage",
    says: "A house's values into the store, beside SQLite, LevelDB, LMDB and DuckDB.",
    words: ["storage", "--size", "S"],
  },
  { title: "Import", says: "A recorder data base, beside reading it with plain SQLite.", words: ["import"] },
  { title: "Ingest", says: "What Home Assistant sends, beside parsing it only.", words: ["ingest"] },
  { title: "Analysis", says: "What is learned of values, and how they are compared.", words: ["pipeline"] },
  { title: "Panel", says: "In a real browser, beside an empty page and an empty frame of its own.", words: ["panel"] },
  {
    title: "Scale",
    says: "What grows with a site: a building live, then stores that were filled, started on and asked.",
    words: ["scale"],
  },
  { title: "Fleet", says: "Into a PostgreSQL server, beside plain COPY.", words: ["fleet"] },
];

const main = join(import.meta.dirname, "main.ts");
const file = join(import.meta.dirname, "..", "docs", "benchmarks.md");
const preface = [
  "# Benchmarks",
  "",
  "Made by `npm run bench`; do not edit. Figures are of one machine and one run: compare within a table, and run it yourself.",
  "",
];

/** Names of the chapters, as `only` takes them. */
export const chapterNames: readonly string[] = chapters.flatMap(({ words: [name = ""] }) => [name]);

/** `only` is the first word of a chapter's command; the others stay as they are. */
export async function writeBenchBook(only?: string): Promise<void> {
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  const parts = [...preface];
  for (const chapter of chapters) {
    const old = chapterIn(before, chapter.title);
    parts.push(only === undefined || chapter.words[0] === only ? await write(chapter) : old);
  }
  writeFileSync(file, parts.filter((part, index) => index < preface.length || part !== "").join("\n"));
}

async function write({ title, says, words }: Chapter): Promise<string> {
  const command = `npm run bench -- ${words.join(" ")}`;
  process.stderr.write(`${command} …\n`);
  const { code, text } = await run(words);
  const body = code === 0 ? text.replace(/^\n+/, "").trimEnd() : `Could not be measured here (exit code ${code}).`;
  process.stdout.write(`\n## ${title}\n\n${body}\n`);
  return [`## ${title}`, "", `${says} \`${command}\``, "", machine(), "", "```", body, "```", ""].join("\n");
}

/** With its heading, up to the next; empty when it is not there. */
function chapterIn(book: string, title: string): string {
  const begin = book.indexOf(`## ${title}\n`);
  const next = book.indexOf("\n## ", begin);
  return begin < 0 ? "" : book.slice(begin, next < 0 ? undefined : next + 1).replace(/\n*$/, "\n");
}

/** When and where it was measured. */
function machine(): string {
  const [processor] = cpus();
  return `${new Date().toISOString().slice(0, 10)} · ${cpus().length} × ${processor?.model.trim() ?? "a processor"} · ${Math.round(totalmem() / 2 ** 30)} GB · Linux ${release()} · Node ${process.version}`;
}

function run(words: readonly string[]): Promise<{ readonly code: number | null; readonly text: string }> {
  const child = spawn(process.execPath, [main, ...words], { stdio: ["ignore", "pipe", "inherit"] });
  const text: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => text.push(part));
  return new Promise((resolve) =>
    child.once("close", (code) => resolve({ code, text: Buffer.concat(text).toString() })),
  );
}
