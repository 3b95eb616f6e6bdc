// docs/licences.md: everything that is shipped beside our own code, from the lock file. npm run generate
import { readFileSync } from "node:fs";

const { packages } = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8"));
const shipped = Object.entries(packages)
  .filter(([path, { dev, optional, devOptional }]) => path !== "" && !dev && !devOptional && !optional)
  .map(([path, { version, license }]) => ({ name: path.slice(path.lastIndexOf("node_modules/") + 13), version, license: license ?? "none named" }))
  .toSorted((a, b) => a.name.localeCompare(b.name, "en") || a.version.localeCompare(b.version, "en"));
const lines = [
  "# Licences",
  "",
  "Made from `package-lock.json` by `npm run generate`; do not edit. What the image and `npm ci --omit=dev` bring beside Node (MIT) and our own code (MIT).",
  "",
  "| package | version | licence |",
  "|---|---|---|",
  ...shipped.map(({ name, version, license }) => `| ${name} | ${version} | ${license} |`),
  "",
];
process.stdout.write(lines.join("\n"));
