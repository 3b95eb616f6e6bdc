import { readFileSync } from "node:fs";

/** What V8 writes of a heap, as far as it is read here: `nodes` holds `node_fields.length` numbers for each thing in the heap. */
interface HeapSnapshot {
  readonly snapshot: {
    readonly meta: { readonly node_fields: readonly string[]; readonly node_types: readonly [readonly string[]] };
  };
  readonly nodes: readonly number[];
}

/**
 * Of what V8 makes of the program and of its own: machine and byte code, feedback, and the shapes of objects. It grows for hours, as one rare function after another runs often enough to be compiled, up to a
 * size that the program's text bounds.
 */
const ofCode: ReadonlySet<string> = new Set(["code", "object shape"]);
/** Not in the heap that a process reports: what the engine's own side holds, and the roots. */
const outside: ReadonlySet<string> = new Set(["native", "synthetic"]);

/** Bytes in the heap of a snapshot's file, the program's data apart from what the engine made of its code; what is not surely code counts as data. */
export function heapContent(file: string): { readonly dataBytes: number; readonly codeBytes: number } {
  const { snapshot, nodes } = JSON.parse(readFileSync(file, "utf8")) as HeapSnapshot;
  const {
    node_fields: fields,
    node_types: [types],
  } = snapshot.meta;
  const [typeAt, sizeAt] = [fields.indexOf("type"), fields.indexOf("self_size")];
  let [dataBytes, codeBytes] = [0, 0];
  for (let at = 0; at < nodes.length; at += fields.length) {
    const type = types[nodes[at + typeAt] as number] as string;
    const bytes = nodes[at + sizeAt] as number;
    if (ofCode.has(type)) codeBytes += bytes;
    else if (!outside.has(type)) dataBytes += bytes;
  }
  return { dataBytes, codeBytes };
}
