import { CadenceError } from "#core/errors.ts";

/** A recorder data base on a server, as Home Assistant's `db_url` names it. */
export interface RecorderUrl {
  readonly kind: "postgres" | "mysql";
  /** With its password. */
  readonly url: string;
  /** Without user and password: for people, logs, and to know it again. */
  readonly name: string;
}

const pattern = /^(postgres|postgresql|mysql|mariadb)(?:\+[a-z0-9]+)?:\/\//i;

/** Undefined for what is no address of a server. Throws SOURCE_UNREADABLE when it is one and cannot be read; the message shows no password. */
export function parseRecorderUrl(text: string): RecorderUrl | undefined {
  const scheme = pattern.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return undefined;
  const kind = scheme.startsWith("postgres") ? "postgres" : "mysql";
  const address = text.replace(pattern, `${kind}://`);
  if (!URL.canParse(address) || new URL(address).pathname.length < 2) {
    throw new CadenceError("SOURCE_UNREADABLE", "The address of the recorder's data base cannot be read.", {
      remedy:
        "Write it as Home Assistant's db_url: postgresql://user:password@host/database, special characters in it as %40 and so on.",
    });
  }
  const { host, pathname } = new URL(address);
  return { kind, url: address, name: `${kind}://${host}${pathname}` };
}
