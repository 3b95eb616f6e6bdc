/** Above so many decimals a text is kept as text. */
export const mostDecimals = 15;
const longestNumber = 17;
const largestMantissa = 2 ** 50;
const [minus, point, zero, nine] = [45, 46, 48, 57] as const;

/**
 * The mantissa of a number as it was printed; NaN unless the text is exactly how that decimal is printed: `21.50` (2150, 2 decimals) and
 * `-0.5` are, `-0`, `007`, `+1`, `1e5`, `.5` and anything above 2^50 are not.
 */
export function parseMantissa(text: string): number {
  const { length } = text;
  if (length === 0 || length > longestNumber) return Number.NaN;
  const negative = text.charCodeAt(0) === minus;
  const begin = negative ? 1 : 0;
  let mantissa = 0;
  let places = -1;
  for (let index = begin; index < length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= zero && code <= nine) {
      mantissa = mantissa * 10 + code - zero;
      if (places >= 0) places += 1;
    } else if (code === point && places < 0 && index > begin) {
      places = 0;
    } else {
      return Number.NaN;
    }
  }
  const wholeDigits = length - begin - (places < 0 ? 0 : places + 1);
  const padded = wholeDigits > 1 && text.charCodeAt(begin) === zero;
  if (wholeDigits === 0 || padded || places === 0 || places > mostDecimals || mantissa > largestMantissa)
    return Number.NaN;
  if (!negative) return mantissa;
  return mantissa === 0 ? Number.NaN : -mantissa;
}

/** Digits behind the point of a text that `parseMantissa` took. */
export function decimalsOf(text: string): number {
  const at = text.indexOf(".");
  return at < 0 ? 0 : text.length - at - 1;
}

/** The text of `mantissa / 10^decimals`. */
export function formatDecimal(mantissa: number, decimals: number): string {
  if (decimals === 0) return mantissa.toString();
  const digits = Math.abs(mantissa)
    .toString()
    .padStart(decimals + 1, "0");
  const split = digits.length - decimals;
  return `${mantissa < 0 ? "-" : ""}${digits.slice(0, split)}.${digits.slice(split)}`;
}

/** 10^exponent for whole exponents of 0 to 22, where doubles are exact. */
export const powerOfTen: readonly number[] = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
