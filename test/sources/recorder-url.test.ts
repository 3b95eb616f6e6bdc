import { describe, expect, it } from "vitest";
import { parseRecorderUrl } from "#sources/recorder-url.ts";

describe("the address of a recorder data base", () => {
  it.each([
    ["postgresql://ha:pw@db.local/homeassistant", "postgres", "postgres://db.local/homeassistant"],
    ["postgresql+psycopg2://ha:pw@db.local:5433/ha?sslmode=require", "postgres", "postgres://db.local:5433/ha"],
    ["postgres://ha:p%40w@127.0.0.1/ha", "postgres", "postgres://127.0.0.1/ha"],
    ["mysql://ha:pw@core-mariadb/homeassistant?charset=utf8mb4", "mysql", "mysql://core-mariadb/homeassistant"],
    ["mysql+pymysql://ha:pw@db/ha", "mysql", "mysql://db/ha"],
    ["mariadb://ha:pw@db/ha", "mysql", "mysql://db/ha"],
  ])("%s is read as Home Assistant writes it, and shown without its password", (text, kind, name) => {
    const read = parseRecorderUrl(text);
    expect(read).toMatchObject({ kind, name });
    expect(read?.url).toContain("ha:p");
  });

  it.each(["samples.csv", "/config/home-assistant_v2.db", "C:\\data\\x.csv", "sqlite:////config/x.db"])(
    "%s is none",
    (text) => {
      expect(parseRecorderUrl(text)).toBeUndefined();
    },
  );

  it.each(["postgresql://ha:secret@", "mysql://ha:secret@host", "mysql://ha:secret@ho st/x"])(
    "%s is refused, and its password is not told",
    (text) => {
      expect(() => parseRecorderUrl(text)).toThrow(
        expect.objectContaining({
          code: "SOURCE_UNREADABLE",
          message: expect.not.stringContaining("secret") as unknown,
        }),
      );
    },
  );
});
