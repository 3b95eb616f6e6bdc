import { CadenceError, type ErrorCode } from "#core/errors.ts";

interface Known {
  readonly code: ErrorCode;
  readonly fact: string;
  readonly remedy: string;
}

const away: Known = {
  code: "STORE_IO",
  fact: "The PostgreSQL server does not answer",
  remedy: "Check its address and that it is running; it is tried again.",
};
const refused: Known = {
  code: "STORE_NOT_WRITABLE",
  fact: "The PostgreSQL server does not let this user in, or not do that",
  remedy: "Check user, password and rights (docs/fleet.md has the script of roles).",
};
const untrusted: Known = {
  code: "STORE_IO",
  fact: "The PostgreSQL server's certificate is not signed by whom it should be, or made out to another host",
  remedy: "Check fleet_ca, and that the address names the host as the certificate does.",
};
const full: Known = {
  code: "STORE_FULL",
  fact: "The disk of the PostgreSQL server is full",
  remedy: "Make room there; writing resumes by itself.",
};

/** By SQLSTATE or its class (postgresql.org/docs/current/errcodes-appendix.html), and by what sockets say. */
const known: Readonly<Record<string, Known>> = {
  "08": away,
  "57": away,
  ECONNREFUSED: away,
  ECONNRESET: away,
  ENOTFOUND: away,
  EAI_AGAIN: away,
  EPIPE: away,
  ETIMEDOUT: away,
  EHOSTUNREACH: away,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_HAS_EXPIRED: untrusted,
  ERR_TLS_CERT_ALTNAME_INVALID: untrusted,
  "28": refused,
  "42501": refused,
  "3D": { ...refused, fact: "There is no such data base on the PostgreSQL server" },
  "53100": full,
};

/** What the driver throws, as our errors. The address is never part of it: it holds a password. */
export function toStoreError(cause: unknown): CadenceError {
  if (cause instanceof CadenceError) return cause;
  const { code = "", message = "" } = (cause ?? {}) as { code?: string; message?: string };
  const isLost = /terminated|timeout|Connection ended/i.test(message);
  const found = known[code] ?? known[code.slice(0, 2)] ?? (isLost ? away : undefined);
  const {
    code: ours,
    fact,
    remedy,
  } = found ?? {
    code: "STORE_IO" as const,
    fact: "PostgreSQL failed",
    remedy: "See the cause.",
  };
  return new CadenceError(ours, `${fact}.`, { remedy, cause, details: { sqlState: code } });
}

export async function attempt<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    throw toStoreError(cause);
  }
}
