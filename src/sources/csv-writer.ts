import type { Sample } from "#model/sample.ts";
import { csvColumns } from "./csv-format.ts";

/** The first line of a file of samples. */
export const csvHeader: string = `${csvColumns.join(",")}\n`;

/** A sample as a line that `CsvFormat` reads back to the byte. */
export function csvLine({ entityId, time, state }: Sample): string {
  return `${entityId},${time},${quote(state)}\n`;
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
