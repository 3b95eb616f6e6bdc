import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** A file of the panel, ready to be sent. */
export interface StaticFile {
  readonly type: string;
  readonly body: Buffer;
  readonly compressed: Buffer;
  readonly etag: string;
}

/** Everything that is ever served, by its path: no name from outside reaches the file system. */
const names: readonly string[] = [
  "index.html",
  "style.css",
  "app.js",
  "connection.js",
  "dom.js",
  "format.js",
  "gauge.js",
  "icons.js",
  "fetched.js",
  "page-entities.js",
  "page-history.js",
  "page-overview.js",
  "page-plan.js",
  "page-related.js",
  "page-storage.js",
  "verdict-card.js",
];

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
};

const folder = join(import.meta.dirname, "ui");

/** Reads the panel's files once. `/` is `index.html`. */
export function loadStaticFiles(): ReadonlyMap<string, StaticFile> {
  return new Map(
    names.map((name) => {
      const body = readFileSync(join(folder, name));
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
