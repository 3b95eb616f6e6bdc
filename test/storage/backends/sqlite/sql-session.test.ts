import { afterEach, describe, expect, it } from "vitest";
import { SqlSession } from "#storage/backends/sqlite/sql-session.ts";
import { TemporaryFolder } from "../../../support/temporary-folder.ts";

let folder = new TemporaryFolder();
afterEach(() => {
  folder[Symbol.dispose]();
  folder = new TemporaryFolder();
});

async function newSession(): Promise<SqlSession> {
  const session = await SqlSession.open({ path: folder.at("house.db") });
  await session.createTable("readings", [
    { name: "entity", type: "text", required: true, primaryKey: true },
    { name: "time", type: "integer", required: true, primaryKey: true },
    { name: "value", type: "real" },
  ]);
  return session;
}

describe("a session with SQL", () => {
  it("makes tables, takes parameters and gives rows", async () => {
    await using session = await newSession();
    const evil = "a'); drop table readings; --";
    expect(await session.execute("insert into readings values (?, ?, ?)", evil, 1, 21.5)).toBe(1);
    expect(await session.query("select * from readings where entity = ?", evil)).toEqual([
      { entity: evil, time: 1, value: 21.5 },
    ]);
    await session.createTable("readings", [{ name: "other", type: "blob" }]);
    expect((await session.query("select count(*) as rows from readings"))[0]).toEqual({ rows: 1 });
    await expect(session.createTable("a b", [{ name: "c", type: "text" }])).rejects.toMatchObject({
      code: "STORE_KEY_INVALID",
    });
  });

  it("does a transaction as a whole or not at all, and one after the other", async () => {
    await using session = await newSession();
    await expect(
      session.transaction(async (statements) => {
        await statements.execute("insert into readings values ('a', 1, 1)");
        expect((await statements.query("select count(*) as rows from readings"))[0]).toEqual({ rows: 1 });
        // Others do not see what is not committed.
        expect((await session.query("select count(*) as rows from readings"))[0]).toEqual({ rows: 0 });
        throw new Error("changed my mind");
      }),
    ).rejects.toThrow("changed my mind");
    expect(await session.query("select * from readings")).toEqual([]);
    await session.execute("insert into readings values ('sum', 0, 0)");
    await Promise.all(
      Array.from({ length: 20 }, () =>
        session.transaction(async (statements) => {
          const [row] = await statements.query("select value from readings where entity = 'sum'");
          await statements.execute("update readings set value = ? where entity = 'sum'", Number(row?.["value"]) + 1);
        }),
      ),
    );
    expect((await session.query("select value from readings"))[0]).toEqual({ value: 20 });
  });

  it("has as many readers as it is given, and the others wait", async () => {
    await using session = await SqlSession.open({ path: folder.at("other.db"), readers: 2 });
    await session.createTable("t", [{ name: "n", type: "integer" }]);
    const rows = await Promise.all(Array.from({ length: 30 }, () => session.query("select count(*) as rows from t")));
    expect(rows.flat()).toEqual(Array.from({ length: 30 }, () => ({ rows: 0 })));
  });

  it("says what is wrong by the store's own codes", async () => {
    await expect(SqlSession.open({ path: folder.at("no/such/folder.db") })).rejects.toMatchObject({
      code: "STORE_NOT_WRITABLE",
    });
    const session = await newSession();
    await expect(session.execute("insert into nowhere values (1)")).rejects.toMatchObject({ code: "STORE_IO" });
    await session.close();
    await expect(session.query("select 1")).rejects.toMatchObject({ code: "STORE_CLOSED" });
  });
});
