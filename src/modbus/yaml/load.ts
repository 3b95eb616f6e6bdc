import { isAlias, isMap, isPair, isScalar, isSeq, type Node as YamlNode, type YAMLMap } from "yaml";
import type { ConfigurationFiles } from "#model/configuration-files.ts";
import type { Place } from "#model/yaml-hub.ts";
import { type ParsedFile, parseFile } from "./parse.ts";
import type { Report, Tree, TreeEntry, TreeMap } from "./tree.ts";

/** No configuration has more files, or deeper nesting of files and aliases, or of maps and lists. */
const mostFiles = 1_000;
const deepest = 40;
const deepestNode = 100;
const largestExpansion = 200_000;
const mergeKey = "<<";
const secretsFile = "secrets.yaml";

/** Reads a file of the configuration with everything it includes. */
export class ConfigurationLoader {
  readonly #files: ConfigurationFiles;
  readonly #report: Report;
  readonly #parsed = new Map<string, ParsedFile | undefined>();
  #nodes = 0;
  #depth = 0;

  constructor(files: ConfigurationFiles, report: Report) {
    this.#files = files;
    this.#report = report;
  }

  /** Every file that was read, secrets left out. */
  get parsed(): readonly ParsedFile[] {
    return [...this.#parsed].flatMap(([file, parsed]) =>
      parsed === undefined || file.split("/").at(-1) === secretsFile ? [] : [parsed],
    );
  }

  /** Undefined for a file that does not exist or is empty. */
  async load(file: string, within: readonly string[] = []): Promise<Tree | undefined> {
    const parsed = await this.#parse(file);
    const contents = parsed?.document.contents ?? undefined;
    return parsed === undefined || contents === undefined
      ? undefined
      : this.#toTree(parsed, contents, [...within, file]);
  }

  async #parse(file: string): Promise<ParsedFile | undefined> {
    if (!this.#parsed.has(file)) {
      const text = this.#parsed.size < mostFiles ? await this.#files.read(file) : undefined;
      this.#parsed.set(file, text === undefined ? undefined : parseFile(file, text, this.#report));
    }
    return this.#parsed.get(file);
  }

  async #toTree(parsed: ParsedFile, node: YamlNode | null, within: readonly string[]): Promise<Tree> {
    this.#depth += 1;
    try {
      return await this.#convert(parsed, node, within);
    } finally {
      this.#depth -= 1;
    }
  }

  async #convert(parsed: ParsedFile, node: YamlNode | null, within: readonly string[]): Promise<Tree> {
    const place = { file: parsed.file, line: parsed.lineOf(node?.range?.[0] ?? 0) };
    const nothing: Tree = { kind: "scalar", value: null, ...place };
    this.#nodes += 1;
    if (node === null || within.length > deepest || this.#nodes > largestExpansion) return nothing;
    if (this.#depth > deepestNode) {
      this.#report(place, "too-deep", "This is nested deeper than anybody writes, and was left out.");
      return nothing;
    }
    if (isAlias(node)) {
      const target = node.resolve(parsed.document);
      // An alias within its own anchor would go on for ever.
      if (target !== undefined && !within.includes(`*${node.source}`)) {
        return this.#toTree(parsed, target, [...within, `*${node.source}`]);
      }
      this.#report(place, "alias-missing", `*${node.source} stands for an anchor that is not defined before it.`);
      return nothing;
    }
    if (isMap(node)) return this.#toMap(parsed, node, within);
    if (isSeq(node)) {
      const items: Tree[] = [];
      for (const item of node.items) items.push(await this.#toTree(parsed, item as YamlNode, within));
      return { kind: "list", items, ...place };
    }
    if (!isScalar(node)) return nothing;
    if (node.tag?.startsWith("!include") === true) return this.#include(node.tag, String(node.value), place, within);
    if (node.tag === "!secret")
      return { kind: "scalar", value: await this.#secret(String(node.value), place), ...place };
    return { kind: "scalar", value: typeof node.value === "bigint" ? Number(node.value) : node.value, ...place };
  }

  async #toMap(parsed: ParsedFile, node: YAMLMap, within: readonly string[]): Promise<TreeMap> {
    const place = { file: parsed.file, line: parsed.lineOf(node.range?.[0] ?? 0) };
    const own = new Map<string, TreeEntry>();
    const merged = new Map<string, TreeEntry>();
    for (const pair of node.items) {
      if (!isPair(pair) || !isScalar(pair.key)) continue;
      const keyPlace = { file: parsed.file, line: parsed.lineOf(pair.key.range?.[0] ?? 0) };
      // The library's own sign for a merge.
      const key = typeof pair.key.value === "symbol" ? mergeKey : String(pair.key.value);
      const value = await this.#toTree(parsed, pair.value as YamlNode | null, within);
      if (key === mergeKey) {
        // Of several merged maps the first one wins.
        for (const map of value.kind === "list" ? value.items : [value]) {
          if (map.kind !== "map") continue;
          for (const [name, { own: _, ...entry }] of map.entries) if (!merged.has(name)) merged.set(name, entry);
        }
        continue;
      }
      const before = own.get(key);
      if (before !== undefined) {
        this.#report(
          keyPlace,
          "duplicate-key",
          `${key} stands here a second time; Home Assistant takes this one and forgets the one in line ${before.line}. Remove one of them.`,
        );
      }
      own.set(key, { ...keyPlace, value, own: { key: pair.key, value: pair.value as YamlNode | null } });
    }
    return { kind: "map", entries: new Map([...merged, ...own]), source: node, ...place };
  }

  async #include(tag: string, target: string, place: Place, within: readonly string[]): Promise<Tree> {
    const path = resolvePath(place.file, target);
    const nothing: Tree = { kind: "scalar", value: null, ...place };
    const missing = (): Tree => {
      this.#report(
        place,
        "include-missing",
        `${target} is not there, is no UTF-8 text of a sensible size, or lies outside the configuration. Whatever it holds is missing here.`,
      );
      return nothing;
    };
    if (path === undefined) return missing();
    if (tag === "!include") {
      if (within.includes(path)) {
        this.#report(place, "include-cycle", `${target} includes itself. It was read once.`);
        return nothing;
      }
      const tree = await this.load(path, within);
      return tree ?? ((await this.#parse(path)) === undefined ? missing() : nothing);
    }
    const files = (await this.#files.list(path)).filter((file) => isIncluded(file, path));
    if (files.length > mostFiles) {
      this.#report(place, "too-many-files", `${target} holds ${files.length} files; ${mostFiles} are read.`);
    }
    const loaded: { readonly name: string; readonly tree: Tree }[] = [];
    for (const file of files.slice(0, mostFiles)) {
      if (within.includes(file)) continue;
      const tree = await this.load(file, within);
      const name = file.slice(file.lastIndexOf("/") + 1).replace(/\.yaml$/, "");
      if (tree !== undefined) loaded.push({ name, tree });
    }
    return assemble(tag, loaded, place) ?? nothing;
  }

  /** From the nearest secrets.yaml: beside the file, else in the folders above. */
  async #secret(name: string, place: Place): Promise<unknown> {
    const folders = place.file.split("/").slice(0, -1);
    for (let depth = folders.length; depth >= 0; depth -= 1) {
      const contents = (await this.#parse([...folders.slice(0, depth), secretsFile].join("/")))?.document.contents;
      const value = isMap(contents) ? contents.get(name) : undefined;
      if (value !== undefined) return value;
    }
    this.#report(place, "secret-missing", `${name} is not in ${secretsFile}.`);
    return undefined;
  }
}

/** What the forms of `!include_dir_…` make of their files; undefined for a tag that is none of them. */
function assemble(
  tag: string,
  loaded: readonly { readonly name: string; readonly tree: Tree }[],
  place: Place,
): Tree | undefined {
  const trees = loaded.map(({ tree }) => tree);
  switch (tag) {
    case "!include_dir_list":
      return { kind: "list", items: trees, ...place };
    case "!include_dir_merge_list":
      return { kind: "list", items: trees.flatMap((tree) => (tree.kind === "list" ? tree.items : [])), ...place };
    case "!include_dir_named": {
      const entries = loaded.map(({ name, tree }): [string, TreeEntry] => [
        name,
        { value: tree, file: tree.file, line: tree.line },
      ]);
      return { kind: "map", entries: new Map(entries), ...place };
    }
    case "!include_dir_merge_named": {
      const entries = trees.flatMap((tree) => (tree.kind === "map" ? [...tree.entries] : []));
      return { kind: "map", entries: new Map(entries), ...place };
    }
    default:
      return undefined;
  }
}

/** As Home Assistant includes a folder: all .yaml files below, but secrets, and nothing whose name begins with a dot. */
function isIncluded(file: string, folder: string): boolean {
  const parts = file.slice(folder === "" ? 0 : folder.length + 1).split("/");
  return file.endsWith(".yaml") && parts.at(-1) !== secretsFile && parts.every((part) => !part.startsWith("."));
}

/** From the folder of the file that includes it; undefined for what lies outside the configuration. `/config/x` is the configuration's own folder in Home Assistant's images. */
function resolvePath(from: string, target: string): string | undefined {
  const absolute = /^\/(?:config|homeassistant)(?:\/|$)/.exec(target);
  if (target.startsWith("/") && absolute === null) return undefined;
  const parts = absolute === null ? from.split("/").slice(0, -1) : [];
  for (const part of target.slice(absolute?.[0].length ?? 0).split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}
