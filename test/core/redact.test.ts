import { describe, expect, it } from "vitest";
import { redact, redactText } from "#core/redact.ts";

const token = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiI0MiJ9.c2lnbmF0dXJlX29mX2l0";

describe("redaction", () => {
  it("hides secrets inside texts", () => {
    expect(redactText(`connect mqtt://user:hunter2@broker:1883 with ${token}`)).toBe(
      "connect mqtt://[hidden]@broker:1883 with [hidden]",
    );
    expect(redactText("authorization: Bearer abcdefgh12345")).toBe("authorization: Bearer [hidden]");
  });

  it("hides values under secret names at any depth, and nothing else", () => {
    const facts = {
      url: "http://ha:8123",
      list: [{ accessToken: "abc" }],
      panel_token: "x",
      tokens: undefined,
      count: 3,
    };
    expect(redact(facts)).toEqual({
      url: "http://ha:8123",
      list: [{ accessToken: "[hidden]" }],
      panel_token: "[hidden]",
      tokens: undefined,
      count: 3,
    });
  });

  it("goes through errors with their causes, and cuts cycles", () => {
    const error = new Error(`refused ${token}`, { cause: new Error("mqtt://a:b@c") });
    expect(JSON.stringify(redact({ error }))).not.toMatch(/eyJ|a:b/);
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    expect(redact(cycle)).toEqual({ self: "[circular]" });
  });
});
