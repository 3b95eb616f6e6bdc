/** A number as it was printed: `mantissa / 10^decimals`, such that printing it again gives the same text. */
export interface Decimal {
  readonly mantissa: number;
  readonly decimals: number;
}

/** Above so many decimals a text is kept as text. */
export const mostDecimals = 15;
const canonical = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/**
 * The decimal a text stands for; undefined unless the text is exactly how that decimal is printed: `21.50` (2150, 2 decimals)
 * and `-0.5` are, `-0`, `007`, `+1`, `1e5`, `.5` and anything above 2^53 are not.
 */
export function parseDecimal(text: string): Decimal | undefined {
  if (text.length > 17 || !canonical.test(text)) return undefined;
  const point = text.indexOf(".");
  const decimals = point < 0 ? 0 : text.length - point - 1;
  const mantissa = Number(point < 0 ? text : text.slice(0, point) + text.slice(point + 1));
  if (decimals > mostDecimals || Math.abs(mantissa) > 2 ** 50) return undefined;
  if (mantissa === 0 && text.startsWith("-")) return undefined;
  return { mantissa, decimals };
}

/** The text of a decimal. */
export function formatDecimal(mantissa: number, decimals: number): string {
  if (decimals === 0) return mantissa.toString();
  const digits = Math.abs(mantissa)
    .toString()
    .padStart(decimals + 1, "0");
  const split = digits.length - decimals;
  return `${mantissa < 0 ? "-" : ""}${digits.slice(0, split)}.${digits.slice(split)}`;
}
