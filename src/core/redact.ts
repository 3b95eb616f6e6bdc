const secretName = /(token|password|passwd|secret|authorization|api[-_]?key|encryption[-_]?key)/i;
const urlCredentials = /\b([a-z][a-z0-9+.-]*:\/\/)([^\s/@:]+)(?::([^\s/@]*))?@/gi;
const bearer = /\b(Bearer\s+)[A-Za-z0-9._~+/-]{8,}=*/g;
/** Long-lived tokens of Home Assistant are JSON web tokens: three base64url parts, the first beginning with `{"`. */
const webToken = /\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+/g;

/** What stands where a secret was. */
export const redacted = "[hidden]";

/** Hides passwords in URLs, bearer tokens and web tokens that stand inside a text. */
export function redactText(text: string): string {
  return text
    .replace(urlCredentials, (_match, scheme: string) => `${scheme}${redacted}@`)
    .replace(bearer, `$1${redacted}`)
    .replace(webToken, redacted);
}

/** A copy of plain data in which values under secret names, and secrets inside texts, are hidden. Cycles are cut. */
export function redact(value: unknown, seen: ReadonlySet<unknown> = new Set()): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value !== "object" || value === null) return value;
  if (seen.has(value)) return "[circular]";
  const path = new Set([...seen, value]);
  if (Array.isArray(value)) return value.map((item) => redact(item, path));
  if (value instanceof Error) return redactError(value, path);
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      secretName.test(name) && item !== undefined && item !== null && item !== "" ? redacted : redact(item, path),
    ]),
  );
}

function redactError(error: Error, path: ReadonlySet<unknown>): unknown {
  const own = Object.fromEntries(Object.entries(error));
  return {
    ...(redact(own, path) as object),
    name: error.name,
    message: redactText(error.message),
    ...(error.cause === undefined ? {} : { cause: redact(error.cause, path) }),
  };
}
