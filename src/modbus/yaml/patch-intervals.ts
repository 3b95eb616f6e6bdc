import { isScalar, type Node as YamlNode } from "yaml";
import type { ConfigurationFiles } from "#model/configuration-files.ts";
import type { YamlEntity } from "#model/yaml-hub.ts";
import { type ConfigurationSource, readWithSource } from "./read-configuration.ts";
import type { TreeMap } from "./tree.ts";

/** One file before and after. */
export interface FilePatch {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

export interface IntervalPatch {
  /** By file; only those that change. */
  readonly files: readonly FilePatch[];
  /** Entities that cannot have an interval of their own, because another entity is the same text. They stay as they are. */
  readonly refused: readonly YamlEntity[];
}

interface Edit {
  readonly file: string;
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** A change may need the intervals of others written out, theirs again, and so on. */
const mostRounds = 5;
const key = "scan_interval";

/**
 * Writes intervals, in seconds, into the texts of the configuration: a number is replaced, or a line added; everything else stays byte for byte. Where others share the text through an anchor or a merge, their
 * present interval is written out, so that only those change that should. The result is read again before it counts.
 *
 * @param wantedOf the new interval of an entity; undefined leaves it
 */
export async function patchIntervals(
  files: ConfigurationFiles,
  file: string,
  wantedOf: (entity: YamlEntity) => number | undefined,
): Promise<IntervalPatch> {
  const source = await readWithSource(files, file);
  const entities = allEntities(source);
  const isShared = sharedMaps(source, entities);
  const refused: YamlEntity[] = [];
  const expected = entities.map((entity) => {
    const wanted = wantedOf(entity);
    if (wanted === undefined || wanted === entity.interval) return entity.interval;
    if (!isShared(entity)) return wanted;
    refused.push(entity);
    return entity.interval;
  });
  const written = new Set(entities.flatMap((entity, index) => (expected[index] === entity.interval ? [] : [index])));
  for (let round = 0; round < mostRounds; round += 1) {
    const edits = [...written].flatMap(
      (index) => editOf(source, entities[index] as YamlEntity, expected[index] as number) ?? [],
    );
    const patched = applyAll(source.texts, edits);
    const after = allEntities(await readWithSource(overlay(files, patched), file));
    const wrong = after.flatMap((entity, index) => (entity.interval === expected[index] ? [] : [index]));
    if (after.length === entities.length && wrong.length === 0)
      return { files: changedFiles(source.texts, patched), refused };
    const news = wrong.filter((index) => !written.has(index));
    if (news.length === 0) break;
    for (const index of news) written.add(index);
  }
  return {
    files: [],
    refused: entities.filter((entity, index) => expected[index] !== entity.interval || refused.includes(entity)),
  };
}

function allEntities({ configuration }: ConfigurationSource): readonly YamlEntity[] {
  return configuration.hubs.flatMap(({ entities }) => entities);
}

/** True for one whose whole text is that of another entity too. */
function sharedMaps({ maps }: ConfigurationSource, entities: readonly YamlEntity[]): (entity: YamlEntity) => boolean {
  const users = new Map<unknown, number>();
  for (const entity of entities) {
    const node = maps.get(entity)?.source;
    users.set(node, (users.get(node) ?? 0) + 1);
  }
  return (entity) => (users.get(maps.get(entity)?.source) ?? 0) > 1;
}

function editOf({ maps, texts }: ConfigurationSource, entity: YamlEntity, seconds: number): Edit | undefined {
  const map = maps.get(entity);
  const text = texts.get(entity.file);
  if (map === undefined || text === undefined) return undefined;
  const own = map.entries.get(key)?.own;
  return own === undefined ? insertion(map, text, seconds) : replacement(entity.file, own, text, seconds);
}

/** From behind the colon to the end of the value; an anchor before it, and quotes around it, stay. */
function replacement(
  file: string,
  { key: keyNode, value }: { readonly key: YamlNode; readonly value: YamlNode | null },
  text: string,
  seconds: number,
): Edit | undefined {
  const keyEnd = keyNode.range?.[1];
  if (keyEnd === undefined) return undefined;
  const [colon = ""] = /^\s*:[ \t]*/.exec(text.slice(keyEnd)) ?? [];
  const begin = keyEnd + colon.length;
  const end = Math.max(begin, value?.range?.[1] ?? begin);
  const [, anchor = "", quote = ""] = /^((?:&\S+[ \t]+)?)(["']?)/.exec(text.slice(begin, end)) ?? [];
  const space = /[ \t]$/.test(colon) ? "" : " ";
  return { file, from: begin, to: end, text: `${space}${anchor}${quote}${seconds}${quote}` };
}

/** A line of its own behind the address, or another part in a map of one line. */
function insertion({ entries, source, file }: TreeMap, text: string, seconds: number): Edit | undefined {
  const lines = [...entries].filter(([, { own, value }]) => own !== undefined && value.kind === "scalar");
  const [, entry] = lines.find(([name]) => name === "address") ?? lines[0] ?? [];
  const [keyNode, value] = [entry?.own?.key, entry?.own?.value];
  const valueEnd = value?.range?.[1];
  if (!keyNode?.range || valueEnd === undefined) return undefined;
  if (source?.flow === true) return { file, from: valueEnd, to: valueEnd, text: `, ${key}: ${seconds}` };
  // A text of several lines ends where its own end says.
  const isBlock = isScalar(value) && (value.type === "BLOCK_FOLDED" || value.type === "BLOCK_LITERAL");
  const from = isBlock ? valueEnd - 1 : valueEnd;
  const newline = text.indexOf("\n", from);
  const lineStart = text.lastIndexOf("\n", keyNode.range[0] - 1) + 1;
  const indent = text.slice(lineStart, keyNode.range[0]).replace(/[^\t]/g, " ");
  const usual = text.includes("\r\n") ? "\r\n" : "\n";
  if (newline < 0) return { file, from: text.length, to: text.length, text: `${usual}${indent}${key}: ${seconds}` };
  const eol = text[newline - 1] === "\r" ? "\r\n" : "\n";
  return { file, from: newline + 1, to: newline + 1, text: `${indent}${key}: ${seconds}${eol}` };
}

function applyAll(texts: ReadonlyMap<string, string>, edits: readonly Edit[]): ReadonlyMap<string, string> {
  const patched = new Map(texts);
  for (const { file, from, to, text } of edits.toSorted((a, b) => b.from - a.from)) {
    const before = patched.get(file) ?? "";
    patched.set(file, before.slice(0, from) + text + before.slice(to));
  }
  return patched;
}

function overlay(files: ConfigurationFiles, texts: ReadonlyMap<string, string>): ConfigurationFiles {
  return {
    read: (path) => (texts.has(path) ? Promise.resolve(texts.get(path)) : files.read(path)),
    list: (folder) => files.list(folder),
  };
}

function changedFiles(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): FilePatch[] {
  return [...before].flatMap(([file, text]) => {
    const changed = after.get(file) ?? text;
    return changed === text ? [] : [{ file, before: text, after: changed }];
  });
}
