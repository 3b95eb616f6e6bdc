import { describe, expect, it } from "vitest";
import { CadenceError, ErrorCode, isCadenceError, isCorruption, isTransient, toCadenceError } from "#core/errors.ts";

describe("CadenceError", () => {
  it("keeps code, cause, details, and says fact and remedy as one line", () => {
    const cause = new Error("EACCES");
    const error = new CadenceError("STORE_NOT_WRITABLE", "The folder cannot be written.", {
      remedy: "Check its owner.",
      cause,
      details: { directory: "/data" },
    });
    expect(error.sentence).toBe("The folder cannot be written. Check its owner.");
    expect(error).toMatchObject({ code: "STORE_NOT_WRITABLE", cause, details: { directory: "/data" } });
  });

  it("answers questions instead of comparing strings", () => {
    const lost = new CadenceError("HASS_CONNECTION_LOST", "gone");
    expect(isCadenceError(lost, "STORE_FULL", "HASS_CONNECTION_LOST")).toBe(true);
    expect(isCadenceError(lost, "STORE_FULL")).toBe(false);
    expect(isCadenceError(new Error("gone"))).toBe(false);
    expect(isTransient(lost)).toBe(true);
    expect(isTransient(new CadenceError("HASS_AUTH_INVALID", "no"))).toBe(false);
    expect(isCorruption(new CadenceError("STORE_CORRUPT", "bad"))).toBe(true);
  });

  it("wraps what others throw without losing it, and leaves its own alone", () => {
    const cause = new TypeError("x is not a function");
    expect(toCadenceError(cause)).toMatchObject({ code: "INTERNAL", message: "x is not a function", cause });
    expect(toCadenceError("text", "STORE_IO")).toMatchObject({ code: "STORE_IO", message: "text" });
    const own = new CadenceError("USAGE", "wrong");
    expect(toCadenceError(own)).toBe(own);
  });

  it("has a sentence for every code", () => {
    for (const [code, sentence] of Object.entries(ErrorCode)) {
      expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
      expect(sentence.length).toBeGreaterThan(10);
    }
  });
});
