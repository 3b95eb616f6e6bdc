import { CadenceError, type ErrorCode } from "#core/errors.ts";

/** SQLite's primary result codes (sqlite.org/rescode.html). */
const codes: Readonly<Record<number, { code: ErrorCode; fact: string; remedy: string }>> = {
  5: { code: "STORE_LOCKED", fact: "Another process writes to", remedy: "Stop that one first." },
  8: { code: "STORE_NOT_WRITABLE", fact: "May not be written:", remedy: "Check the owner and rights of the file." },
  10: { code: "STORE_IO", fact: "Input or output failed:", remedy: "Check the disk." },
  11: { code: "STORE_CORRUPT", fact: "Damaged:", remedy: "Restore it from a backup." },
  13: { code: "STORE_FULL", fact: "The disk is full:", remedy: "Make room; writing resumes by itself." },
  14: {
    code: "STORE_NOT_WRITABLE",
    fact: "Cannot be opened:",
    remedy: "Check that its folder is there and may be written.",
  },
  26: { code: "STORE_CORRUPT", fact: "Not a data base:", remedy: "Name another file; nothing was changed." },
};

/** What SQLite throws, as our errors. */
export function attempt<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof CadenceError) throw cause;
    const number = ((cause as { errcode?: number }).errcode ?? 0) & 0xff;
    const known = codes[number] ?? { code: "STORE_IO" as const, fact: "SQLite failed on", remedy: "See the cause." };
    throw new CadenceError(known.code, `${known.fact} ${path}.`, {
      remedy: known.remedy,
      cause,
      details: { name: path, sqlite: number, offset: 0, file: path },
    });
  }
}
