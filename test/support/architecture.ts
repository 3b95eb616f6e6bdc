import { posix } from "node:path";
import { type ImportOf, importsOf, scanSource } from "./source-text.ts";

/** Source files by path below `src/`, with `/` as separator. */
export type SourceTree = ReadonlyMap<string, string>;

/** The rooms each room may import, beside itself. Everything else is forbidden. */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  model: ["core"],
  config: ["core"],
  storage: ["core"],
  bridge: ["core", "model"],
  ingest: ["core", "model"],
  sources: ["core", "model"],
  modbus: ["core", "model"],
  pipeline: ["core", "model"],
  diagnostics: ["core", "model"],
  drive: ["core", "model"],
  repository: ["core", "model", "storage"],
  publish: ["core", "model", "diagnostics"],
  web: ["core", "model", "diagnostics"],
  simulator: ["core", "model"],
  app: ["*"],
  cli: ["*"],
  program: ["cli", "core"],
};

/** Rooms that must not be reached even through others; `cli` is the only way into `app`. */
const never: readonly (readonly [from: string, to: readonly string[]])[] = [
  ["storage", ["model", "config", "bridge", "repository", "app"]],
  ["ingest", ["bridge"]],
  ["pipeline", ["ingest", "storage", "repository"]],
  ["publish", ["bridge", "storage"]],
  ["web", ["storage"]],
];

/** Modules that only some files may name; `onDemand`: only by `import()`. */
const guarded: readonly { module: RegExp; only: readonly RegExp[]; onDemand?: boolean }[] = [
  { module: /^home-assistant-js-websocket$/, only: [/^bridge\//] },
  { module: /^ws$/, only: [/^bridge\/socket\.ts$/, /^web\//, /^simulator\//] },
  { module: /^msgpackr\/pack$/, only: [/^storage\/codec\//] },
  { module: /^pino$/, only: [/^app\/logger\.ts$/] },
  { module: /^async-mutex$/, only: [/^core\/mutex\.ts$/] },
  { module: /^p-queue$/, only: [/^core\/work-queue\.ts$/] },
  { module: /^yaml$/, only: [/^config\/(load|addon-config)\.ts$/, /^modbus\//] },
  { module: /^node:fs(\/promises)?$/, only: [/^storage\/volume\//, /^config\/load\.ts$/, /^sources\//, /^web\//] },
  {
    module: /^node:sqlite$/,
    only: [/^storage\/backends\/sqlite\//, /^storage\/volume\/folder-lock\.ts$/, /^sources\/recorder-sqlite\.ts$/],
    onDemand: true,
  },
  {
    module: /^pg$/,
    only: [/^storage\/backends\/postgres\//, /^sources\/recorder-postgres\.ts$/],
    onDemand: true,
  },
  { module: /^pg-copy-streams$/, only: [/^storage\/backends\/postgres\//], onDemand: true },
  { module: /^mqtt$/, only: [/^publish\/broker\.ts$/], onDemand: true },
  { module: /^mysql2(\/promise)?$/, only: [/^sources\/recorder-mysql\.ts$/], onDemand: true },
];

/** Node's modules that reach outside the process: not for core and the rooms of plain values. */
const inputOutput =
  /^node:(fs|net|http|https|http2|dgram|tls|dns|child_process|cluster|worker_threads|sqlite|readline|inspector)/;
const withoutInputOutput: ReadonlySet<string> = new Set([
  "core",
  "model",
  "pipeline",
  "diagnostics",
  "modbus",
  "ingest",
  "repository",
  "publish",
]);

/** Words that only some rooms may use. */
const words: readonly { word: RegExp; name: string; allowed: (path: string) => boolean }[] = [
  { word: /\bprocess\s*\.\s*env\b/g, name: "process.env", allowed: (path) => path.startsWith("config/") },
  { word: /\bconsole\s*\./g, name: "console", allowed: (path) => path.startsWith("cli/") },
  {
    word: /\bprocess\s*\.\s*(stdout|stderr)\b/g,
    name: "process.stdout",
    allowed: (path) => path.startsWith("cli/") || path === "program.ts",
  },
  ...(
    [
      [/\bDate\s*\.\s*now\b|\bnew\s+Date\s*\(\s*\)|\bperformance\s*\./g, "the wall clock"],
      [/\bset(Timeout|Interval|Immediate)\b|\bqueueMicrotask\b/g, "a timer"],
      [/\bMath\s*\.\s*random\b|\bcrypto\b|\brandomBytes\b/g, "randomness"],
      [/\bawait\b|\basync\b/g, "await"],
    ] as const
  ).map(([word, name]) => ({
    word,
    name: `${name} in pipeline`,
    allowed: (path: string) => !path.startsWith("pipeline/"),
  })),
];

interface File {
  readonly path: string;
  readonly room: string;
  readonly words: string;
  readonly imports: readonly (ImportOf & { readonly target: string | undefined })[];
}

/** Every broken rule as one sentence with the chain of files that breaks it. */
export function architectureViolations(tree: SourceTree): string[] {
  const files = new Map([...tree].map(([path, text]) => [path, readFile(path, text)]));
  const found: string[] = [];
  for (const file of files.values()) {
    if (!(file.room in mayImport)) found.push(`${file.path} is in no known room`);
    for (const used of file.imports) {
      const fault = importFault(file, used, files);
      if (fault !== undefined) found.push(`${file.path}:${used.line} → ${used.target ?? used.specifier}: ${fault}`);
    }
    for (const { word, name, allowed } of words) {
      if (allowed(file.path)) continue;
      for (const match of file.words.matchAll(word))
        found.push(`${file.path}:${lineOf(file.words, match.index)}: ${name} is not allowed here`);
    }
    if ((tree.get(file.path) ?? "").split("\n").length > 401 && !/^\s*\/[/*]/.test(tree.get(file.path) ?? "")) {
      found.push(`${file.path} has over 400 lines and its first comment does not say why`);
    }
  }
  for (const [from, forbidden] of never) {
    for (const file of files.values()) {
      if (file.room !== from) continue;
      const chain = chainTo(file, (path) => forbidden.includes(roomOf(path)), files);
      if (chain !== undefined)
        found.push(`${chain.join(" → ")}: ${from} must not reach ${roomOf(chain.at(-1) as string)}`);
    }
  }
  return found;
}

function importFault(
  file: File,
  used: ImportOf & { target: string | undefined },
  files: ReadonlyMap<string, File>,
): string | undefined {
  if (used.target === undefined) return moduleFault(file, used);
  if (used.target.startsWith("../")) return "src must not import what is outside it";
  if (!files.has(used.target)) return "no such file";
  const target = roomOf(used.target);
  if (target === file.room) {
    const backend = /^storage\/backends\/(.+)-store\.ts$/;
    const both = backend.test(file.path) && backend.test(used.target) && file.path !== used.target;
    if (both) return "one backend must not import another";
    return used.specifier.startsWith("#") ? "inside a room the path is relative" : undefined;
  }
  if (!used.specifier.startsWith("#")) return "across rooms the path begins with #";
  if (target === "app" && file.room !== "cli") return "only cli imports app";
  if (target === "cli" && file.room !== "program") return "only program.ts imports cli";
  const allowed = mayImport[file.room] ?? [];
  if (!allowed.includes("*") && !allowed.includes(target)) return `${file.room} must not import ${target}`;
  if (target === "storage" && file.room !== "app" && file.room !== "cli" && used.target !== "storage/index.ts")
    return "storage is entered by its door, storage/index.ts";
  return undefined;
}

function moduleFault(file: File, used: ImportOf): string | undefined {
  if (inputOutput.test(used.specifier) && withoutInputOutput.has(file.room))
    return `${file.room} does no input or output`;
  const rule = guarded.find(({ module }) => module.test(used.specifier));
  if (rule !== undefined) {
    if (!rule.only.some((allowed) => allowed.test(file.path))) return `${used.specifier} is not allowed here`;
    return rule.onDemand === true && !used.dynamic && !used.typeOnly
      ? `${used.specifier} is loaded on demand only`
      : undefined;
  }
  return used.specifier.startsWith("node:") ? undefined : `${used.specifier} is not a known dependency`;
}

/** The shortest chain of imports from `start` to a file for which `wanted` holds. */
function chainTo(
  start: File,
  wanted: (path: string) => boolean,
  files: ReadonlyMap<string, File>,
): string[] | undefined {
  const queue: string[][] = [[start.path]];
  const seen = new Set([start.path]);
  for (const chain of queue) {
    for (const { target } of files.get(chain.at(-1) as string)?.imports ?? []) {
      if (target === undefined || seen.has(target)) continue;
      seen.add(target);
      if (wanted(target)) return [...chain, target];
      queue.push([...chain, target]);
    }
  }
  return undefined;
}

function readFile(path: string, text: string): File {
  const source = scanSource(text);
  const imports = importsOf(source.code).map((used) => ({ ...used, target: resolve(path, used.specifier) }));
  return { path, room: roomOf(path), words: source.words, imports };
}

function resolve(path: string, specifier: string): string | undefined {
  if (specifier.startsWith("#")) return specifier.slice(1);
  if (specifier.startsWith(".")) return posix.normalize(posix.join(posix.dirname(path), specifier));
  return undefined;
}

function roomOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : path.replace(/\.ts$/, "");
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
