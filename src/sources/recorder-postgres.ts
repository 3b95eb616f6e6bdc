import type { RecorderConnection, RecorderRow } from "./recorder-connection.ts";

const connectMilliseconds = 10_000;

/** Opens a recorder data base of PostgreSQL. Throws what the driver throws. */
export async function connectPostgres(url: string): Promise<RecorderConnection> {
  const { Client, types } = await import("pg");
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: connectMilliseconds,
    options: "-c default_transaction_read_only=on",
  });
  // A connection that is lost between two questions fails the next one.
  client.on("error", () => undefined);
  // Row ids are 64 bits wide, and far below 2^53.
  types.setTypeParser(types.builtins.INT8, Number);
  await client.connect();
  const rowsOf = async (query: string, values: unknown[]): Promise<readonly (readonly unknown[])[]> =>
    (await client.query<unknown[]>({ text: query, values, rowMode: "array" })).rows;
  return {
    dialect: { parameter: (number) => `$${number}` },
    async columns(table) {
      const rows = await rowsOf(
        "select column_name from information_schema.columns where table_name = $1 and table_schema = any (current_schemas(false))",
        [table],
      );
      return new Set(rows.map(([name]) => String(name)));
    },
    async number(query) {
      const value = (await rowsOf(query, []))[0]?.[0];
      return typeof value === "number" ? value : undefined;
    },
    page: async (query, { at, id }, count) =>
      (await rowsOf(`${query} limit ${count}`, [at, id])) as unknown as readonly RecorderRow[],
    [Symbol.asyncDispose]: () => client.end(),
  };
}
