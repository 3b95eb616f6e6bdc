// Makes src/pipeline/correlation/dot-products-wasm.ts of dot-products.wat; with --check only says whether it would change.
import { readFileSync, writeFileSync } from "node:fs";
import wabt from "wabt";

const folder = new URL("../src/pipeline/correlation/", import.meta.url);
const source = readFileSync(new URL("dot-products.wat", folder), "utf8");
const target = new URL("dot-products-wasm.ts", folder);
const { buffer } = (await wabt()).parseWat("dot-products.wat", source, { simd: true }).toBinary({});
const text = `/** dot-products.wat, compiled by \`npm run kernel\`; base64. */
export const dotProductsWasm: string =
  "${Buffer.from(buffer).toString("base64")}";
`;
if (!process.argv.includes("--check")) writeFileSync(target, text);
else if (readFileSync(target, "utf8") !== text) {
  console.error("dot-products-wasm.ts is not what dot-products.wat gives: npm run kernel");
  process.exitCode = 1;
}
