import { KeySpace, keyText } from "./keys.ts";
import { parseNameKey } from "./series/name-key.ts";
import { type BlockSummary, parseBlockKey } from "./series/block-summary.ts";

/** What a record is, for people: `1,024 values of sensor.a from 2026-11-20 06:00:00 to 2026-11-20 18:00:00 UTC`. */
export function describeKey(key: Uint8Array, nameOf: (seriesId: number) => string | undefined): string {
  try {
    switch (key[0] ?? 0) {
      case KeySpace.block: {
        const summary = parseBlockKey(key);
        return describeBlock(summary, nameOf(summary.seriesId) ?? `series ${summary.seriesId}`);
      }
      case KeySpace.log:
      case KeySpace.log1:
        return "values of many entities that were not in a block yet";
      case KeySpace.seriesName:
        return `the name of ${parseNameKey(key).name}`;
      case KeySpace.seriesName1:
        return `the name of ${keyText(key.subarray(1))}`;
      case KeySpace.collection: {
        const split = key.indexOf(0, 1);
        return `${keyText(key.subarray(1, split))}: ${keyText(key.subarray(split + 1))}`;
      }
      default:
        return `the record ${Buffer.from(key).toString("hex")}`;
    }
  } catch {
    return `the record ${Buffer.from(key).toString("hex")}`;
  }
}

/** `1,024 values of sensor.a from 2026-11-20 06:00:00 to 2026-11-20 18:00:00 UTC` */
export function describeBlock({ first, last, count }: BlockSummary, name: string): string {
  return `${count.toLocaleString("en")} values of ${name} from ${instant(first)} to ${instant(last)} UTC`;
}

function instant(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace("T", " ");
}
