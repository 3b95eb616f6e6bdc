import type { Entry, Store } from "#storage/store.ts";

const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Everything a store holds, keys and values as texts. */
export async function contentOf(store: Pick<Store, "range">): Promise<Map<string, string>> {
  const content = new Map<string, string>();
  for await (const { key, value } of store.range())
    content.set(Buffer.from(key).toString(), Buffer.from(value).toString());
  return content;
}

/** Texts as a store gives them. */
export async function* entriesOf(content: ReadonlyMap<string, string>): AsyncGenerator<Entry> {
  for (const [key, value] of content) yield await Promise.resolve({ key: bytes(key), value: bytes(value) });
}
