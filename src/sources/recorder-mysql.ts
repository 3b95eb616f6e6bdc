import type { RecorderConnection, RecorderRow } from "./recorder-connection.ts";

const connectMilliseconds = 10_000;

/** Opens a recorder data base of MariaDB or MySQL. Throws what the driver throws. */
export async function connectMysql(url: string): Promise<RecorderConnection> {
  const { createConnection } = await import("mysql2/promise");
  const connection = await createConnection({ uri: url, connectTimeout: connectMilliseconds, rowsAsArray: true });
  await connection.query("set session transaction read only");
  const rowsOf = async (query: string, values: (number | string)[]): Promise<readonly (readonly unknown[])[]> =>
    (await connection.query(query, values))[0] as unknown as readonly (readonly unknown[])[];
  return {
    dialect: { parameter: () => "?" },
    async columns(table) {
      const rows = await rowsOf(
        "select column_name from information_schema.columns where table_name = ? and table_schema = database()",
        [table],
      );
      return new Set(rows.map(([name]) => String(name).toLowerCase()));
    },
    async value(query, parameters = []) {
      const value = (await rowsOf(query, [...parameters]))[0]?.[0];
      return typeof value === "number" || typeof value === "string" ? value : undefined;
    },
    // The time stands twice in the question.
    page: async (query, { at, id }, count) =>
      (await rowsOf(`${query} limit ${count}`, [at, at, id])) as unknown as readonly RecorderRow[],
    [Symbol.asyncDispose]: () => connection.end(),
  };
}
