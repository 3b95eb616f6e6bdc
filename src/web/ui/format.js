import { language } from "./words.js";

const space = "\u00a0";

/**
 * Made once each: a table has hundreds of numbers.
 * @type {Map<number, Intl.NumberFormat>}
 */
const formats = new Map();
const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });

/**
 * At most three significant digits, in the browser's own way of writing numbers.
 * @param {number} value
 */
export function number(value) {
  const digits = Math.min(21, Math.max(3, Math.trunc(Math.abs(value)).toString().length));
  const format = formats.get(digits) ?? new Intl.NumberFormat(language, { maximumSignificantDigits: digits });
  formats.set(digits, format);
  return format.format(value);
}

/** @param {number} value */
export function count(value) {
  return whole.format(value);
}

/** @param {number} share */
export function percent(share) {
  const value = share * 100;
  return `${value !== 0 && Math.abs(value) < 9.95 ? number(Number(value.toPrecision(2))) : count(value)}${space}%`;
}

/**
 * `2 s`, `1.5 min`, `1 h`, `12 d`.
 * @param {number | undefined} seconds
 */
export function interval(seconds) {
  if (seconds === undefined) return "–";
  for (const [unit, size] of /** @type {const} */ ([
    ["d", 86_400],
    ["h", 3_600],
    ["min", 60],
    ["s", 1],
  ])) {
    if (seconds >= size * 0.9995) return `${number(Number((seconds / size).toPrecision(2)))}${space}${unit}`;
  }
  return `${count(seconds * 1_000)}${space}ms`;
}

/** @param {number} value */
export function bytes(value) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let amount = value;
  let unit = 0;
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1_000;
    unit += 1;
  }
  return `${number(Number(amount.toPrecision(3)))}${space}${units[unit]}`;
}

/** @param {number} time ms since 1970 */
export function clockTime(time) {
  return new Date(time).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
}

/** @param {number} time ms since 1970 */
export function day(time) {
  const date = new Date(time);
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  return date.toLocaleDateString(language, {
    day: "numeric",
    month: "short",
    ...(isThisYear ? {} : { year: "numeric" }),
  });
}
