import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";

const folder = join(import.meta.dirname, "..", "golden", "pictures");
/** Keeps what is seen now, for whoever has looked at it: `CADENCE_KEEP_PICTURES=1`. */
const isKeeping = process.env["CADENCE_KEEP_PICTURES"] === "1";
/** A pixel differs from here on (0 to 1, over its colour), and so many may: edges of letters are drawn a little differently by each browser. */
const pixelTolerance = 0.25;
const mostDiffering = 0.01;

/** Why a picture is not like the one that is kept; undefined when it is. */
export function differenceFromKept(name: string, png: Buffer): string | undefined {
  const path = join(folder, `${name}.png`);
  if (isKeeping) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, png);
    return undefined;
  }
  if (!existsSync(path))
    return `There is no kept picture ${path}: look at it, and keep it with CADENCE_KEEP_PICTURES=1.`;
  const [kept, seen] = [PNG.sync.read(readFileSync(path)), PNG.sync.read(png)];
  if (kept.width !== seen.width || kept.height !== seen.height)
    return `${name} is ${seen.width} × ${seen.height} pixels, and was ${kept.width} × ${kept.height}.${keep(name, png)}`;
  const difference = new PNG({ width: kept.width, height: kept.height });
  const options = { threshold: pixelTolerance };
  const differing = pixelmatch(kept.data, seen.data, difference.data, kept.width, kept.height, options);
  const share = differing / (kept.width * kept.height);
  if (share <= mostDiffering) return undefined;
  return `${(share * 100).toFixed(2)} % of the pixels of ${name} differ.${keep(name, png)}${keep(`${name}-difference`, PNG.sync.write(difference))}`;
}

/** For whoever looks why. */
function keep(name: string, png: Buffer): string {
  const path = join(tmpdir(), `modbus-cadence-${name}.png`);
  writeFileSync(path, png);
  return ` See ${path}.`;
}
