import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** A file of the panel, ready to be sent. */
export interface StaticFile {
  readonly type: string;
  readonly body: Buffer;
  readonly compressed: Buffer;
  readonly etag: string;
}

const folder = join(import.meta.dirname, "ui");

/** Everything that is ever served, by its path: no name from outside reaches the file system. */
const names: readonly string[] = readdirSync(folder).filter((name) => /^[a-z-]+\.(?:html|css|js)$/.test(name));

/** The plot library, as it is published. */
const libraries: Readonly<Record<string, string>> = {
  "uplot.js": "uplot/dist/uPlot.esm.js",
  "uplot.css": "uplot/dist/uPlot.min.css",
};

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
};

/** Reads the panel's files once. `/` is `index.html`. */
export function loadStaticFiles(): ReadonlyMap<string, StaticFile> {
  const { resolve } = createRequire(import.meta.url);
  const paths: readonly (readonly [name: string, path: string])[] = [
    ...names.map((name) => [name, join(folder, name)] as const),
    ...Object.entries(libraries).map(([name, path]) => [name, resolve(path)] as const),
  ];
  return new Map(
    paths.map(([name, path]) => {
      const body = readFileSync(path);
      const file = {
        type: types[name.slice(name.lastIndexOf(".") + 1)] as string,
        body,
        compressed: gzipSync(body, { level: 9 }),
        etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 16)}"`,
      };
      return [name === "index.html" ? "/" : `/${name}`, file];
    }),
  );
}
