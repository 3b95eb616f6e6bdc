import type { Node as YamlNode, YAMLMap } from "yaml";
import type { ConfigurationFault, ConfigurationProblem, Place } from "#model/yaml-hub.ts";

/** One node of the configuration, includes put in their place, every part with where it stands. */
export type Tree = TreeMap | TreeList | TreeScalar;

export interface TreeScalar extends Place {
  readonly kind: "scalar";
  /** A text, number, boolean or null; undefined for a secret that is not there. */
  readonly value: unknown;
}

export interface TreeList extends Place {
  readonly kind: "list";
  readonly items: readonly Tree[];
}

export interface TreeMap extends Place {
  readonly kind: "map";
  /** Later ones win over earlier ones, and own ones over merged ones, as in Home Assistant. */
  readonly entries: ReadonlyMap<string, TreeEntry>;
  /** As it stands in its file; absent for a map that was put together from several files. */
  readonly source?: YAMLMap;
}

export interface TreeEntry extends Place {
  readonly value: Tree;
  /** Absent for what a merge (`<<`) brought. */
  readonly own?: { readonly key: YamlNode; readonly value: YamlNode | null };
}

export type Report = (place: Place, code: ConfigurationFault, text: string) => void;

/** Collects problems; the same one is said once. */
export class Problems {
  readonly #known = new Map<string, ConfigurationProblem>();

  readonly report: Report = ({ file, line }, code, text) => {
    this.#known.set(`${file}:${line} ${code} ${text}`, { file, line, code, text });
  };

  /** By file and line. */
  all(): readonly ConfigurationProblem[] {
    return [...this.#known.values()].toSorted((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
  }
}

/** The value of a key that holds a scalar; undefined for anything else. */
export function scalarOf(map: TreeMap, key: string): unknown {
  const value = map.entries.get(key)?.value;
  return value?.kind === "scalar" ? value.value : undefined;
}

/** The items of a list, lists within it included; one that is no list is a list of one, nothing an empty one. */
export function itemsOf(tree: Tree | undefined): readonly Tree[] {
  if (tree === undefined || (tree.kind === "scalar" && (tree.value === null || tree.value === undefined))) return [];
  return tree.kind === "list" ? tree.items.flatMap((item) => (item.kind === "list" ? itemsOf(item) : [item])) : [tree];
}
